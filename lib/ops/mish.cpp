// Mish (Misra 2019): x tanh(softplus(x)).
// It has no parameters.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("mish", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  return {b.mul(x, b.tanh(b.make("softplus", {x})))};
}

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"mish(f32[4,33])"};
} // namespace

extern const OpDef mish;
constexpr OpDef mish = {.name = "mish",
                        .role = Role::Layer,
                        .layer = "Mish",
                        .doc = "x tanh(softplus(x)).",
                        .operands = kOperands,
                        .attrs = {},
                        .args = {},
                        .infer = infer,
                        .build = build,
                        .decompose = decompose,
                        .reference = nullptr,
                        .grad = nullptr,
                        .lower = nullptr,
                        .examples = kExamples};
static_assert(lawful(mish));

} // namespace dlc::ops
