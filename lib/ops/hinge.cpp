// The hinge loss for targets 0 and 1, read as -1 and 1; mean over batch and outputs.
// It works on scores; no Sigmoid belongs before it.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("hinge", {b.input, b.target}); }

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E270") << "Hinge compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value y = op.operand(0), one = b.scalar(1, y);
  Value t = b.sub(b.mul(op.operand(1), b.scalar(2, y)), one);
  Value each = b.maximum(b.sub(one, b.mul(t, y)), b.scalar(0, y));
  return {b.mean(b.reshape(each, {each.type().elements()}), {0})};
}

} // namespace

extern constexpr OpDef hinge = lawful({.name = "hinge",
                                       .role = Role::Loss,
                                       .layer = "Hinge",
                                       .doc = "max(0, 1 - t y) with t = 2 target - 1, mean over batch and outputs.",
                                       .operands = {"prediction", "target"},
                                       .infer = infer,
                                       .build = build,
                                       .decompose = decompose,
                                       .examples = {"hinge(f32[5,3], f32[5,3])"},
                                       .kinks = true,
                                       .target = LossTarget::Signs});

} // namespace dlc::ops
