// The logistic function 1 / (1 + e^-x).
// A final Sigmoid under BCE is skipped in the loss, which reads the logits; see bce.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("sigmoid", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

// e^-x overflows to infinity for very negative x, which gives exactly 0.
Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0), one = b.scalar(1, x);
  return {b.div(one, b.add(one, b.exp(b.neg(x))))};
}

// y (1 - y)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value y = op.result();
  return {b.mul(dy[0], b.mul(y, b.sub(b.scalar(1, y), y)))};
}

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"sigmoid(f32[4,33])"};
} // namespace

extern const OpDef sigmoid;
constexpr OpDef sigmoid = {.name = "sigmoid",
                           .role = Role::Layer,
                           .layer = "Sigmoid",
                           .doc = "1 / (1 + e^-x).",
                           .operands = kOperands,
                           .attrs = {},
                           .args = {},
                           .infer = infer,
                           .build = build,
                           .decompose = decompose,
                           .reference = nullptr,
                           .grad = grad,
                           .lower = nullptr,
                           .examples = kExamples};
static_assert(lawful(sigmoid));

} // namespace dlc::ops
