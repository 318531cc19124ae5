// Gives a param a new value for the next step; the only op that changes anything.
// Reads of the param in the same step see the old value, wherever they are.
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E230") << "cannot assign " << op.type(1) << " to a parameter of " << op.type(0);
}

// The interpreter collects assignments and makes them at the end of the step.
void reference(const Op &, Eval &) {}

void lower(const Op &op, Emitter &e) { e.assign(op); }

} // namespace

extern constexpr OpDef assign = lawful({.name = "assign",
                                        .doc = "Sets a param to the second operand's value for the next step.",
                                        .operands = {"param", "value"},
                                        .infer = infer,
                                        .reference = reference,
                                        .lower = lower,
                                        .examples = {"assign(f32[2,3], f32[2,3])"},
                                        .differentiable = false,
                                        .effect = true,
                                        .assigns = true});

} // namespace dlc::ops
