// The Gaussian error linear unit (Hendrycks and Gimpel 2016) in its exact form: x times the normal distribution
// function. The approximation by tanh is another function.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "gelu"); }

Value build(LayerBuilder &b) { return b.make("gelu", {b.input}); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactGelu(x); });
}

// Phi(x) + x phi(x)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0);
  Value density = b.mul(b.exp(b.mul(b.mul(x, x), b.scalar(-0.5, x))), b.scalar(0.39894228040143267794, x));
  return {b.mul(dy[0], b.add(b.make("normal_cdf", {x}), b.mul(x, density)))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Gelu); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"gelu(f32[4,33])", "gelu(f32[37])", "gelu(f32[])"};
} // namespace

extern const OpDef gelu;
constexpr OpDef gelu = {.name = "gelu",
                        .role = Role::Layer,
                        .layer = "GELU",
                        .doc = "x times the distribution function of the standard normal, within 2 ulp.",
                        .operands = kOperands,
                        .attrs = {},
                        .args = {},
                        .infer = infer,
                        .build = build,
                        .decompose = nullptr,
                        .reference = reference,
                        .grad = grad,
                        .lower = lower,
                        .examples = kExamples,
                        .elementwise = true};
static_assert(lawful(gelu));

} // namespace dlc::ops
