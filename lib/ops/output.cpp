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

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"output(f32[2,3]) {name=\"probabilities\"}"};
} // namespace

extern const OpDef output;
constexpr OpDef output = {.name = "output",
                          .role = Role::Op,
                          .layer = "",
                          .doc = "Makes its operand available under a name after the step.",
                          .operands = kOperands,
                          .attrs = attrTable<OutputAttrs>(),
                          .args = {},
                          .infer = infer,
                          .build = nullptr,
                          .decompose = nullptr,
                          .reference = reference,
                          .grad = nullptr,
                          .lower = lower,
                          .examples = kExamples,
                          .differentiable = false,
                          .effect = true};
static_assert(lawful(output));

} // namespace dlc::ops
