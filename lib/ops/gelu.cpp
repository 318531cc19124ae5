// The Gaussian error linear unit (Hendrycks and Gimpel 2016) in its exact form: x times the normal distribution
// function. The approximation by tanh is another function.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("gelu", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) { return {b.mul(op.operand(0), b.make("normal_cdf", {op.operand(0)}))}; }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"gelu(f32[4,33])", "gelu(f32[1])"};
} // namespace

extern const OpDef gelu;
constexpr OpDef gelu = {.name = "gelu",
                        .role = Role::Layer,
                        .layer = "GELU",
                        .doc = "x times the distribution function of the standard normal.",
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
static_assert(lawful(gelu));

} // namespace dlc::ops
