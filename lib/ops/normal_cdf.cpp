// The distribution function of the standard normal, (1 + erf(x / sqrt 2)) / 2.
// Made of exp and a polynomial, so that it fuses and has the same bits everywhere; it is no op of the language.
#include "dlc/ir/op_def.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::ops {
namespace {

// erfc(z) = t exp(-z^2 + P(t)) with t = 3 / (3 + z), z >= 0; P is the Chebyshev fit of ln(erfc(z) / t) + z^2, written
// in powers of scale t + shift, which runs from -1 to 1 for z from 6 (f32) or 7 (f64) down to 0. Absolute error below
// 2e-7 and 4e-16. The form is that of Press et al., Numerical Recipes (2007), section 6.2; the fits are our own.
constexpr double kSingle[] = {-0.7290269726,    0.6448018243,    0.09610697794,   -0.004821851636, -0.007123665388,
                              -0.0006172693262, 0.0006163240115, 0.0001255424838, -4.711465041e-5, -1.380523718e-5};
constexpr double kDouble[] = {-0.76102624474519713,      0.666916366095858713,    0.10663883100029583,
                              -0.00395098476046859009,   -0.00844713907032065428, -0.00102149619598313187,
                              0.0007730945833281941,     0.000215505976447076367, -0.0000741067544166565804,
                              -0.0000347566742367323682, 6.98084468144370069e-6,  5.1495694970992556e-6,
                              -5.98263128962769595e-7,   -7.25744696667227455e-7, 3.78759207283012722e-8,
                              9.69822735558276024e-8,    3.62521661096955984e-10, -1.14381782484400388e-8,
                              -6.04704394520727467e-10,  8.81595487624588618e-10, 7.8911482771061132e-11};

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  bool single = x.dtype() == DType::F32;
  auto number = [&](double value) { return b.scalar(value, x); };
  Value z = b.mul(b.abs(x), number(0.70710678118654752440));
  Value t = b.div(number(3), b.add(z, number(3)));
  Value u = single ? b.add(b.mul(t, number(3)), number(-2)) : b.add(b.mul(t, number(20.0 / 7)), number(-13.0 / 7));
  llvm::ArrayRef<double> terms = single ? llvm::ArrayRef<double>(kSingle) : llvm::ArrayRef<double>(kDouble);
  Value p = number(terms.back());
  for (double term : llvm::reverse(terms.drop_back()))
    p = b.add(b.mul(p, u), number(term));
  Value tail = b.mul(b.mul(t, number(0.5)), b.exp(b.sub(p, b.mul(z, z))));
  return {b.select(b.greater(x, number(0)), b.sub(number(1), tail), tail)};
}

// The density: exp(-x^2 / 2) / sqrt(2 pi).
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0);
  Value density = b.mul(b.exp(b.mul(b.mul(x, x), b.scalar(-0.5, x))), b.scalar(0.39894228040143267794, x));
  return {b.mul(dy[0], density)};
}

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"normal_cdf(f32[4,33])"};
} // namespace

extern const OpDef normal_cdf;
constexpr OpDef normal_cdf = {.name = "normal_cdf",
                              .role = Role::Op,
                              .layer = "",
                              .doc = "The distribution function of the standard normal.",
                              .operands = kOperands,
                              .attrs = {},
                              .args = {},
                              .infer = infer,
                              .build = nullptr,
                              .decompose = decompose,
                              .reference = nullptr,
                              .grad = grad,
                              .lower = nullptr,
                              .examples = kExamples};
static_assert(lawful(normal_cdf));

} // namespace dlc::ops
