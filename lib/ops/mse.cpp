// Mean squared error over batch and outputs.
// There is no factor of one half.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("mse", {b.input, b.target}); }

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E270") << "MSE compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value d = b.sub(op.operand(0), op.operand(1));
  Value flat = b.reshape(b.mul(d, d), {d.type().elements()});
  return {b.mean(flat, {0})};
}

} // namespace

extern constexpr OpDef mse = lawful({.name = "mse",
                                     .role = Role::Loss,
                                     .layer = "MSE",
                                     .doc = "The mean of (prediction - target)^2 over batch and outputs.",
                                     .operands = {"prediction", "target"},
                                     .infer = infer,
                                     .build = build,
                                     .decompose = decompose,
                                     .examples = {"mse(f32[5,3], f32[5,3])"}});

} // namespace dlc::ops
