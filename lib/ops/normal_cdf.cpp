// The distribution function of the standard normal, (1 + erf(x / sqrt 2)) / 2, to the last digits of its lower tail.
// It is no op of the language; the slope of gelu reads it.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "normal_cdf"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactNormalCdf(x); });
}

// The density: exp(-x^2 / 2) / sqrt(2 pi).
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0);
  Value density = b.mul(b.exp(b.mul(b.mul(x, x), b.scalar(-0.5, x))), b.scalar(0.39894228040143267794, x));
  return {b.mul(dy[0], density)};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::NormalCdf); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"normal_cdf(f32[4,33])", "normal_cdf(f32[37])", "normal_cdf(f32[])"};
} // namespace

extern const OpDef normal_cdf;
constexpr OpDef normal_cdf = {.name = "normal_cdf",
                              .role = Role::Op,
                              .layer = "",
                              .doc = "The distribution function of the standard normal, within 2 ulp.",
                              .operands = kOperands,
                              .attrs = {},
                              .args = {},
                              .infer = infer,
                              .build = nullptr,
                              .decompose = nullptr,
                              .reference = reference,
                              .grad = grad,
                              .lower = lower,
                              .examples = kExamples,
                              .elementwise = true};
static_assert(lawful(normal_cdf));

} // namespace dlc::ops
