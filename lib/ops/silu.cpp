// The sigmoid-weighted linear unit, also called swish.
// Its piecewise linear relative is hard_swish.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("silu", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  return {b.mul(x, b.make("sigmoid", {x}))};
}

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"silu(f32[4,33])"};
} // namespace

extern const OpDef silu;
constexpr OpDef silu = {.name = "silu",
                        .role = Role::Layer,
                        .layer = "SiLU",
                        .doc = "x sigmoid(x).",
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
static_assert(lawful(silu));

} // namespace dlc::ops
