// The error function, element by element.
// GELU does not need it: see normal_cdf, which keeps its digits where this is -1.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "erf"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactErf(x); });
}

// 2 / sqrt(pi) e^(-x^2)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0);
  Value slope = b.mul(b.exp(b.neg(b.mul(x, x))), b.scalar(1.1283791670955125739, x));
  return {b.mul(dy[0], slope)};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Erf); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"erf(f32[4,33])", "erf(f32[37])", "erf(f32[])"};
} // namespace

extern const OpDef erf;
constexpr OpDef erf = {.name = "erf",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "The error function, within 2 ulp.",
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
static_assert(lawful(erf));

} // namespace dlc::ops
