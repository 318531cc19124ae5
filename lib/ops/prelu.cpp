// The rectifier whose negative slope is learnt, one for the whole layer, starting at 0.25.
// leaky_relu has a fixed slope.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("prelu", {b.input, b.param("slope", {1}, {"Constant(0.25)", 1, 1})}); }

void infer(OpView &op) {
  if (op.shape(1) != Shape{1})
    op.error("E230") << "PReLU takes one slope, found " << op.type(1);
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  return {b.select(b.greater(x, b.scalar(0, x)), x, b.mul(x, op.operand(1)))};
}

} // namespace

extern constexpr OpDef prelu = lawful({.name = "prelu",
                                       .role = Role::Layer,
                                       .layer = "PReLU",
                                       .doc = "x where x > 0, else slope * x with a learned slope.",
                                       .operands = {"x", "slope"},
                                       .infer = infer,
                                       .build = build,
                                       .decompose = decompose,
                                       .examples = {"prelu(f32[4,33], f32[1])"},
                                       .kinks = true});

} // namespace dlc::ops
