// The self-normalising exponential linear unit (Klambauer et al. 2017).
// Its constants are fixed; elu takes an alpha.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("selu", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

constexpr double kAlpha = 1.6732632423543772848170429916717;
constexpr double kScale = 1.0507009873554804934193349852946;

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  Value low = b.make("expm1", {b.make("minimum", {x, zero})});
  return {b.select(b.greater(x, zero), b.mul(x, b.scalar(kScale, x)), b.mul(low, b.scalar(kScale * kAlpha, x)))};
}

// scale alpha e^x on the negative side.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  Value slope = b.mul(b.exp(b.make("minimum", {x, zero})), b.scalar(kScale * kAlpha, x));
  return {b.mul(dy[0], b.select(b.greater(x, zero), b.scalar(kScale, x), slope))};
}

} // namespace

extern constexpr OpDef selu =
    lawful({.name = "selu",
            .role = Role::Layer,
            .layer = "SELU",
            .doc = "scale * (x where x > 0, else alpha (e^x - 1)) with the constants of Klambauer et al. 2017.",
            .operands = {"x"},
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .grad = grad,
            .examples = {"selu(f32[4,33])"},
            .kinks = true});

} // namespace dlc::ops
