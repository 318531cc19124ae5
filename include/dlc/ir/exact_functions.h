// The meaning of expm1, log1p, erf and of the smooth activations, to the last bit, as plain scalar code; all within 2
// ulp. Not fast and not used by any kernel: the interpreter computes with it, and a test holds the kernels to it.
//
// Where a textbook formula would round more often than the result can bear, values are kept as sums of two numbers
// (Dekker 1971; Knuth, The Art of Computer Programming, vol. 2, 4.2.2). Powers of two are multiplied in at the very
// end, so that results too small for their factors do not lose bits on the way.
#pragma once
#include "dlc/ir/exact_math.h"

namespace dlc {

/// hi + lo, with lo far below hi.
template <class T> struct Pair {
  T hi, lo;
};

/// a + b, nothing lost, for |a| >= |b|.
template <class T> Pair<T> pairSum(T a, T b) {
  T hi = a + b;
  return {hi, (a - hi) + b};
}
/// The same for positive numbers in any order.
template <class T> Pair<T> pairSumPositive(T a, T b) { return a < b ? pairSum(b, a) : pairSum(a, b); }
template <class T> Pair<T> pairProduct(T a, T b) {
  T hi = a * b;
  return {hi, std::fma(a, b, -hi)};
}
template <class T> Pair<T> pairProduct(Pair<T> a, Pair<T> b) {
  Pair<T> p = pairProduct(a.hi, b.hi);
  return {p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi)};
}
template <class T> Pair<T> pairQuotient(Pair<T> a, Pair<T> b) {
  T inverse = T(1) / b.hi, q = a.hi * inverse;
  T rest = std::fma(-q, b.hi, a.hi);
  rest = std::fma(-q, b.lo, rest + a.lo);
  return {q, rest * inverse};
}

/// 2^n for a whole n from -kBias + 1 to kBias.
template <class T> T exactPower(T n) {
  using P = kernels::Poly<T>;
  return fromBits<T>((bitsOf<T>(n + P::kRound) + P::kBias) << P::kMantissa);
}
/// x 2^n for |n| up to twice kBias.
template <class T> T exactScale(T x, T n) {
  using P = kernels::Poly<T>;
  T half = std::fma(n, T(0.5), P::kRound) - P::kRound;
  return x * exactPower(half) * exactPower(n - half);
}

/// e^(x + low) = 2^n (1 + m), for x from kExpLo - 8 to kExpHi.
template <class T> struct ExpParts {
  Pair<T> m;
  T n;
  /// 1 + m
  Pair<T> mantissa() const {
    Pair<T> e = pairSum(T(1), m.hi);
    return {e.hi, e.lo + m.lo};
  }
};
template <class T> ExpParts<T> exactExpParts(T x, T low) {
  using P = kernels::Poly<T>;
  T n = std::fma(x, P::kLog2e, P::kRound) - P::kRound;
  Pair<T> r = pairSum(std::fma(n, -P::kExpLn2Hi, x), std::fma(n, -P::kExpLn2Lo, low));
  T rest = std::fma(exactHorner(P::kExp, P::kExpTerms, r.hi) * r.hi, r.hi, r.lo);
  return {pairSum(r.hi, rest), n};
}

/// e^x - 1.
template <class T> T exactExpm1(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x) || std::fabs(x) < P::kTiny)
    return x;
  T clipped = x < P::kExpm1Lo ? P::kExpm1Lo : x > P::kExpHi ? P::kExpHi : x;
  ExpParts<T> e = exactExpParts(clipped, T(0));
  T half = exactPower(e.n - 1); // 2^n itself may be too large
  Pair<T> y = pairSum(half - T(0.5), half * e.m.hi);
  return (y.hi + (y.lo + half * e.m.lo)) * T(2);
}

/// ln(1 + x): exactLog of 1 + x rounded, and what that leaves out added at the scale of f.
template <class T> T exactLog1p(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x) || std::fabs(x) < P::kTiny)
    return x;
  if (x == T(-1))
    return -std::numeric_limits<T>::infinity();
  if (x < T(-1))
    return std::numeric_limits<T>::quiet_NaN();
  if (std::isinf(x))
    return x;
  Pair<T> u = x > T(1) ? pairSum(x, T(1)) : pairSum(T(1), x);
  PolyBits<T> bits = bitsOf<T>(u.hi) + (P::kOne - P::kSqrtHalf);
  T k = static_cast<T>(bits >> P::kMantissa) - static_cast<T>(P::kBias);
  T f = fromBits<T>((bits & P::kMantissaMask) + P::kSqrtHalf) - T(1);
  T left = k > T(60) ? T(0) : u.lo * exactPower(-(k > T(60) ? T(60) : k));
  Pair<T> whole = k == T(0) ? Pair<T>{x, T(0)} : pairSum(f, left);
  f = whole.hi;
  T halfSquare = T(0.5) * f * f;
  T s = f / (T(2) + f), z = s * s;
  T r = z * exactHorner(P::kLog, P::kLogTerms, z);
  T t = halfSquare - std::fma(s, halfSquare + r, std::fma(k, P::kLogLn2Lo, whole.lo));
  return std::fma(k, P::kLogLn2Hi, f - t);
}

/// x times a gate 2^n q, or the gate alone.
template <bool product, class T> T exactGated(T x, Pair<T> q, T n) {
  if (!product)
    return exactScale(q.hi + q.lo, n);
  Pair<T> p = pairProduct(x, q.hi);
  return std::copysign(exactScale(p.hi + (p.lo + x * q.lo), n), x);
}

/// The logistic function s(x) = 1 / (1 + e^-x) = e^x / (1 + e^x), whichever has the smaller exponential; or x s(x).
template <bool product, class T> T exactLogistic(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  const T limit = T(8) - P::kExpLo;
  T a = std::fabs(x) > limit ? limit : std::fabs(x);
  ExpParts<T> e = exactExpParts(-a, T(0));
  Pair<T> mantissa = e.mantissa();
  Pair<T> below = pairSum(T(1), exactScale(mantissa.hi, e.n));
  below.lo += exactScale(T(1), e.n) * mantissa.lo;
  bool negative = x < T(0);
  Pair<T> q = pairQuotient(negative ? mantissa : Pair<T>{T(1), T(0)}, below);
  T y = exactGated<product>(std::copysign(a, x), q, negative ? e.n : T(0));
  return product && x > limit ? x : y;
}
template <class T> T exactSigmoid(T x) { return exactLogistic<false>(x); }
template <class T> T exactSilu(T x) { return exactLogistic<true>(x); }

/// tanh(ln(1 + e^x)) = N / (N + 2) with N = e^x (e^x + 2); or x times it.
template <bool product, class T> T exactSmoothGate(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  const T low = P::kExpLo - T(8);
  T clipped = x < low ? low : x > P::kGateHi ? P::kGateHi : x;
  ExpParts<T> e = exactExpParts(clipped, T(0));
  Pair<T> mantissa = e.mantissa();
  T scale = exactScale(T(1), e.n);
  Pair<T> factor = pairSumPositive(exactScale(mantissa.hi, e.n), T(2));
  factor.lo += scale * mantissa.lo;
  Pair<T> n = pairProduct(mantissa, factor); // N / 2^n
  Pair<T> below = pairSumPositive(exactScale(n.hi, e.n), T(2));
  below.lo += scale * n.lo;
  T y = exactGated<product>(clipped, pairQuotient(n, below), e.n);
  return x > P::kGateHi ? (product ? x : T(1)) : y;
}
template <class T> T exactMishGate(T x) { return exactSmoothGate<false>(x); }
template <class T> T exactMish(T x) { return exactSmoothGate<true>(x); }

/// Phi(-a), the tail of the standard normal, for a from 0 to kTailMax, as 2^n q.
template <class T> Pair<T> exactTail(T a, T &n) {
  using P = kernels::Poly<T>;
  Pair<T> square = pairProduct(a, a);
  ExpParts<T> e = exactExpParts(T(-0.5) * square.hi, T(-0.5) * square.lo);
  n = e.n;
  Pair<T> t = pairQuotient({P::kTailScale, T(0)}, pairSumPositive(a, P::kTailScale));
  T u = (t.hi - P::kTailMiddle) * T(2);
  Pair<T> inner = pairSum(P::kTail[1], exactHorner(P::kTail + 2, P::kTailTerms - 2, u) * u);
  Pair<T> product = pairProduct(u, inner.hi);
  Pair<T> value = pairSum(P::kTail[0], product.hi);
  // What t.lo changes, by the slope of the first terms.
  T slope = std::fma(std::fma(T(3) * P::kTail[3], u, T(2) * P::kTail[2]), u, P::kTail[1]);
  value.lo += (product.lo + u * inner.lo) + (P::kTailLow + T(2) * t.lo * slope);
  return pairProduct(pairProduct(t, value), e.mantissa());
}

/// The distribution function of the standard normal, or x times it.
template <bool product, class T> T exactNormal(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  T a = std::fabs(x) > P::kTailMax ? P::kTailMax : std::fabs(x), n;
  Pair<T> tail = exactTail(a, n);
  if (x < T(0))
    return exactGated<product>(-a, tail, n);
  Pair<T> q = pairSum(T(1), -exactScale(tail.hi, n));
  q.lo -= exactScale(tail.lo, n);
  T y = exactGated<product>(std::copysign(a, x), q, T(0));
  return product && x > P::kTailMax ? x : y;
}
template <class T> T exactNormalCdf(T x) { return exactNormal<false>(x); }
template <class T> T exactGelu(T x) { return exactNormal<true>(x); }

/// The error function: an odd polynomial near 0, 1 - 2 Phi(-x sqrt 2) elsewhere.
template <class T> T exactErf(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  T a = std::fabs(x);
  if (a < P::kErfSmall)
    return std::fma(x, exactHorner(P::kErf, P::kErfTerms, x * x), x);
  T c = a * T(1.4142135623730950488), n;
  Pair<T> tail = exactTail(c > P::kTailMax ? P::kTailMax : c, n);
  return std::copysign(std::fma(T(-2), exactScale(tail.hi + tail.lo, n), T(1)), x);
}

} // namespace dlc
