// The softplus, a smooth rectifier.
// It has no threshold above which it turns into x.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("softplus", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which cannot overflow and keeps what is small.
Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  Value tail = b.make("log1p", {b.exp(b.neg(b.abs(x)))});
  return {b.add(b.maximum(x, b.scalar(0, x)), tail)};
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.mul(dy[0], b.make("sigmoid", {op.operand(0)}))};
}

} // namespace

extern constexpr OpDef softplus = lawful({.name = "softplus",
                                          .role = Role::Layer,
                                          .layer = "Softplus",
                                          .doc = "log(1 + e^x), within 2 ulp.",
                                          .operands = {"x"},
                                          .infer = infer,
                                          .build = build,
                                          .decompose = decompose,
                                          .grad = grad,
                                          .examples = {"softplus(f32[4,33])"},
                                          .range = {.low = 0}});

} // namespace dlc::ops
