// The rectifier that lets a little of the negative side through.
// The slope is fixed; PReLU learns it.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct LeakyReluAttrs {
  double slope = 0.01;
  static constexpr auto fields() { return std::array{field<&LeakyReluAttrs::slope>("slope")}; }
};

Value build(LayerBuilder &b) { return b.make("leaky_relu", {b.input}, LeakyReluAttrs{b.args.number("slope")}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  return {b.select(b.greater(x, zero), x, b.mul(x, b.scalar(op.attrs<LeakyReluAttrs>().slope, x)))};
}

// At 0 the derivative is the slope, as in PyTorch.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  return {b.select(b.greater(x, zero), dy[0], b.mul(dy[0], b.scalar(op.attrs<LeakyReluAttrs>().slope, x)))};
}

constexpr ArgSpec kArgs[] = {arg::number("slope", "0.01", "factor for negative values")};

} // namespace

extern constexpr OpDef leaky_relu = lawful({.name = "leaky_relu",
                                            .role = Role::Layer,
                                            .layer = "LeakyReLU",
                                            .doc = "x where x > 0, else slope * x.",
                                            .operands = {"x"},
                                            .attrs = attrTable<LeakyReluAttrs>(),
                                            .args = kArgs,
                                            .infer = infer,
                                            .build = build,
                                            .decompose = decompose,
                                            .grad = grad,
                                            .examples = {"leaky_relu(f32[4,33])", "leaky_relu(f32[7]) {slope=0.3}"},
                                            .kinks = true});

} // namespace dlc::ops
