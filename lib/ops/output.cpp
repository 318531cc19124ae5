// Names a value that is wanted from outside: the prediction, the loss.
// It has no result; it keeps what it names alive.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &) {}

// The interpreter keeps the operand under the op's name itself.
void reference(const Op &, Eval &) {}

void lower(const Op &op, Emitter &e) { e.output(op); }

} // namespace

extern constexpr OpDef output = lawful({.name = "output",
                                        .doc = "Makes its operand readable under a name after the step.",
                                        .operands = {"x"},
                                        .attrs = attrTable<OutputAttrs>(),
                                        .infer = infer,
                                        .reference = reference,
                                        .lower = lower,
                                        .examples = {"output(f32[2,3]) {name=\"probabilities\"}"},
                                        .differentiable = false,
                                        .effect = true});

} // namespace dlc::ops
