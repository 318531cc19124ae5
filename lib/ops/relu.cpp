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

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"relu(f32[4,33])"};
} // namespace

extern const OpDef relu;
constexpr OpDef relu = {.name = "relu",
                        .role = Role::Layer,
                        .layer = "ReLU",
                        .doc = "max(x, 0).",
                        .operands = kOperands,
                        .attrs = {},
                        .args = {},
                        .infer = infer,
                        .build = build,
                        .decompose = decompose,
                        .reference = nullptr,
                        .grad = grad,
                        .lower = nullptr,
                        .examples = kExamples,
                        .kinks = true,
                        .range = {.low = 0, .flat = true}};
static_assert(lawful(relu));

} // namespace dlc::ops
