// The rectifier: x where x is positive, else 0.
// Its derivative at 0 is 0.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("relu", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  return {b.maximum(x, b.scalar(0, x))};
}

// From the result: it is positive exactly where x is, so x itself need not be kept.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value zero = b.scalar(0, dy[0]);
  return {b.select(b.greater(op.result(), zero), dy[0], zero)};
}

} // namespace

extern constexpr OpDef relu = lawful({.name = "relu",
                                      .role = Role::Layer,
                                      .layer = "ReLU",
                                      .doc = "max(x, 0).",
                                      .operands = {"x"},
                                      .infer = infer,
                                      .build = build,
                                      .decompose = decompose,
                                      .grad = grad,
                                      .examples = {"relu(f32[4,33])"},
                                      .kinks = true,
                                      .range = {.low = 0, .flat = true},
                                      .cutsNegative = true});

} // namespace dlc::ops
