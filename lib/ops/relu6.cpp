// The rectifier that stops at 6.
// Its derivative is 0 at 0 and at 6, as in PyTorch.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("relu6", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  return {b.make("minimum", {b.maximum(x, b.scalar(0, x)), b.scalar(6, x)})};
}

// Inside (0, 6) the slope is 1, and the result tells whether x is inside.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value y = op.result(), zero = b.scalar(0, y);
  Value inside = b.mul(b.greater(y, zero), b.greater(b.scalar(6, y), y));
  return {b.select(inside, dy[0], zero)};
}

} // namespace

extern constexpr OpDef relu6 = lawful({.name = "relu6",
                                       .role = Role::Layer,
                                       .layer = "ReLU6",
                                       .doc = "min(max(x, 0), 6).",
                                       .operands = {"x"},
                                       .infer = infer,
                                       .build = build,
                                       .decompose = decompose,
                                       .grad = grad,
                                       .examples = {"relu6(f32[4,33])"},
                                       .kinks = true,
                                       .range = {.low = 0, .high = 6, .flat = true}});

} // namespace dlc::ops
