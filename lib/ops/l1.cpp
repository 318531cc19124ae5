// Mean absolute error over batch and outputs.
// Its slope at 0 is 0.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("l1", {b.input, b.target}); }

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E270") << "L1 compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value each = b.abs(b.sub(op.operand(0), op.operand(1)));
  return {b.mean(b.reshape(each, {each.type().elements()}), {0})};
}

} // namespace

extern constexpr OpDef l1 = lawful({.name = "l1",
                                    .role = Role::Loss,
                                    .layer = "L1",
                                    .doc = "The mean of |prediction - target| over batch and outputs.",
                                    .operands = {"prediction", "target"},
                                    .infer = infer,
                                    .build = build,
                                    .decompose = decompose,
                                    .examples = {"l1(f32[5,3], f32[5,3])"},
                                    .kinks = true});

} // namespace dlc::ops
