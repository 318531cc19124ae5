// exp, log, tanh, expm1, log1p, erf, the smooth activations, and the NaN-keeping max and min, written once over a
// vector type V (what its members mean: scalar.h). With Scalar<T> this is their meaning to the last bit, which the
// interpreter computes with; every instruction set with a fused multiply-add gives the same bits. The constants are in
// polynomials.h.
//
// Where a textbook formula would round more often than 2 ulp can bear, values are kept as sums of two numbers (Dekker
// 1971; Knuth, The Art of Computer Programming, vol. 2, 4.2.2). Powers of two are multiplied in at the very end, so
// that results too small for their factors do not lose bits on the way.
#pragma once
#include "dlc/kernels/polynomials.h"

namespace dlc::kernels {

template <class V> struct Functions {
  using v = V;
  using T = typename V::element;
  using P = Poly<T>;
  using reg = typename v::reg;
  using mask = typename v::mask;

  static reg horner(const T *c, int terms, reg x) {
    reg sum = v::set1(c[terms - 1]);
    for (int i = terms - 2; i >= 0; --i)
      sum = v::fma(sum, x, v::set1(c[i]));
    return sum;
  }
  static reg sign(reg x) { return v::asReg(v::band(v::asBits(x), v::bset1(P::kSignMask))); }
  static reg neg(reg x) { return v::asReg(v::bxor(v::asBits(x), v::bset1(P::kSignMask))); }
  static reg abs(reg x) { return v::asReg(v::band(v::asBits(x), v::bset1(~P::kSignMask))); }
  static reg max(reg a, reg b) { return v::select(v::ne(a, a), a, v::max(a, b)); }
  static reg min(reg a, reg b) { return v::select(v::ne(a, a), a, v::min(a, b)); }

  // 2^n of a small integer n that was just added to kRound: its low bits hold n.
  static reg powerOfRounded(reg rounded) {
    return v::asReg(v::template shl<P::kMantissa>(v::badd(v::asBits(rounded), v::bset1(P::kBias))));
  }

  // e^x within 1 ulp (2 for subnormal results). x = n ln 2 + r; e^r by a polynomial; times 2^n in two exact halves.
  static reg exp(reg x) {
    reg round = v::set1(P::kRound);
    x = v::max(v::set1(P::kExpLo), x); // both keep a NaN: the second operand wins
    x = v::min(v::set1(P::kExpHi), x);
    reg n = v::sub(v::fma(x, v::set1(P::kLog2e), round), round);
    reg r = v::fma(n, v::set1(-P::kExpLn2Hi), x);
    r = v::fma(n, v::set1(-P::kExpLn2Lo), r);
    reg p = v::add(v::fma(horner(P::kExp, P::kExpTerms, r), v::mul(r, r), r), v::set1(1));
    reg halfRounded = v::fma(n, v::set1(T(0.5)), round);
    reg half = v::sub(halfRounded, round);
    return v::mul(v::mul(p, powerOfRounded(halfRounded)), power(v::sub(n, half)));
  }

  // ln x within 1 ulp. x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2); -inf at 0, NaN below.
  static reg log(reg x) {
    reg subnormal = v::set1(0), scaled = x;
    auto small = v::lt(x, v::set1(P::kMinNormal));
    scaled = v::select(small, v::mul(x, v::set1(P::kSubnormalScale)), x);
    subnormal = v::select(small, v::set1(P::kSubnormalShift), subnormal);
    auto bits = v::badd(v::asBits(scaled), v::bset1(P::kOne - P::kSqrtHalf));
    reg k = v::asReg(v::bor(v::template shr<P::kMantissa>(bits), v::bset1(P::kIntMagic)));
    k = v::sub(v::sub(k, v::set1(P::kIntMagicValue + static_cast<T>(P::kBias))), subnormal);
    reg f = v::sub(v::asReg(v::badd(v::band(bits, v::bset1(P::kMantissaMask)), v::bset1(P::kSqrtHalf))), v::set1(1));
    reg halfSquare = v::mul(v::mul(v::set1(T(0.5)), f), f);
    reg s = v::div(f, v::add(v::set1(2), f)), z = v::mul(s, s);
    reg r = v::mul(z, horner(P::kLog, P::kLogTerms, z));
    reg t = v::sub(halfSquare, v::fma(s, v::add(halfSquare, r), v::mul(k, v::set1(P::kLogLn2Lo))));
    reg y = v::fma(k, v::set1(P::kLogLn2Hi), v::sub(f, t));
    reg inf = v::asReg(v::bset1(P::kInfinity)), zero = v::set1(0);
    y = v::select(v::eq(x, inf), x, y);
    y = v::select(v::lt(x, zero), v::asReg(v::bset1(P::kNaN)), y);
    y = v::select(v::eq(x, zero), neg(inf), y);
    return v::select(v::ne(x, x), x, y);
  }

  // An odd polynomial (float) or rational (double) near 0, 1 - 2/(e^2|x| + 1) elsewhere.
  static reg tanh(reg x) {
    reg a = abs(x), z = v::mul(a, a), one = v::set1(1);
    reg q = horner(P::kTanh, P::kTanhTerms, z);
    if constexpr (P::kTanhDenominatorTerms != 0)
      q = v::div(q, horner(P::kTanhDenominator, P::kTanhDenominatorTerms, z));
    reg near = v::fma(v::mul(a, z), q, a);
    reg far = v::sub(one, v::div(v::set1(2), v::add(exp(v::add(a, a)), one)));
    reg y = v::select(v::lt(a, v::set1(P::kTanhSmall)), near, far);
    return v::asReg(v::bor(v::asBits(y), v::asBits(sign(x))));
  }

  struct Pair {
    reg hi, lo;
  };

  static reg k(T x) { return v::set1(x); }
  static reg copysign(reg magnitude, reg like) {
    return v::asReg(v::bor(v::asBits(abs(magnitude)), v::asBits(sign(like))));
  }
  static Pair select(mask c, Pair a, Pair b) { return {v::select(c, a.hi, b.hi), v::select(c, a.lo, b.lo)}; }

  // a + b, nothing lost, for |a| >= |b|.
  static Pair sum(reg a, reg b) {
    const reg hi = v::add(a, b);
    return {hi, v::add(v::sub(a, hi), b)};
  }
  // The same for positive numbers in any order.
  static Pair sumPositive(reg a, reg b) { return sum(v::max(b, a), v::min(b, a)); }
  // Without a fused multiply-add: the halves of the factors by Veltkamp, the products of halves by Dekker.
  static reg upperHalf(reg a) {
    const reg c = v::mul(a, k(T((1ull << (P::kMantissa / 2 + 1)) + 1)));
    return v::sub(c, v::sub(c, a));
  }
  static Pair product(reg a, reg b) {
    const reg hi = v::mul(a, b);
    if constexpr (v::fused) {
      return {hi, v::fma(a, b, neg(hi))};
    } else {
      const reg aHigh = upperHalf(a), aLow = v::sub(a, aHigh), bHigh = upperHalf(b), bLow = v::sub(b, bHigh);
      reg lo = v::sub(v::mul(aHigh, bHigh), hi);
      lo = v::add(v::add(lo, v::mul(aHigh, bLow)), v::mul(aLow, bHigh));
      return {hi, v::add(lo, v::mul(aLow, bLow))};
    }
  }
  static Pair product(Pair a, Pair b) {
    const Pair p = product(a.hi, b.hi);
    return {p.hi, v::add(p.lo, v::add(v::mul(a.hi, b.lo), v::mul(a.lo, b.hi)))};
  }
  static Pair quotient(Pair a, Pair b) {
    const reg inverse = v::div(k(1), b.hi), q = v::mul(a.hi, inverse);
    reg rest;
    if constexpr (v::fused) {
      rest = v::fma(neg(q), b.hi, a.hi);
    } else {
      const Pair p = product(q, b.hi);
      rest = v::sub(v::sub(a.hi, p.hi), p.lo);
    }
    rest = v::fma(neg(q), b.lo, v::add(rest, a.lo));
    return {q, v::mul(rest, inverse)};
  }

  // 2^n for a whole n from -kBias + 1 to kBias, and x 2^n for |n| up to twice kBias.
  static reg power(reg n) { return powerOfRounded(v::add(n, k(P::kRound))); }
  static reg scale(reg x, reg n) {
    const reg rounded = v::fma(n, k(T(0.5)), k(P::kRound)), half = v::sub(rounded, k(P::kRound));
    return v::mul(v::mul(x, powerOfRounded(rounded)), power(v::sub(n, half)));
  }

  // e^(x + low) = 2^n (1 + part), for x from kExpLo - 8 to kExpHi.
  struct Exp {
    Pair part;
    reg n;
    Pair mantissa() const {
      const Pair e = sum(k(1), part.hi);
      return {e.hi, v::add(e.lo, part.lo)};
    }
  };
  static Exp expParts(reg x, reg low) {
    const reg n = v::sub(v::fma(x, k(P::kLog2e), k(P::kRound)), k(P::kRound));
    const Pair r = sum(v::fma(n, k(-P::kExpLn2Hi), x), v::fma(n, k(-P::kExpLn2Lo), low));
    const reg rest = v::fma(v::mul(horner(P::kExp, P::kExpTerms, r.hi), r.hi), r.hi, r.lo);
    return {sum(r.hi, rest), n};
  }

  // v::max and v::min keep a NaN in the second operand.
  static reg clip(reg x, T lo, T hi) { return v::min(k(hi), v::max(k(lo), x)); }
  // y, but x where x is NaN or so small that it is its own image.
  static reg unlessTiny(reg x, reg y) {
    y = v::select(v::lt(abs(x), k(P::kTiny)), x, y);
    return v::select(v::ne(x, x), x, y);
  }

  static reg expm1(reg x) {
    const Exp e = expParts(clip(x, P::kExpm1Lo, P::kExpHi), k(0));
    const reg half = power(v::sub(e.n, k(1))); // 2^n itself may be too large
    const Pair y = sum(v::sub(half, k(T(0.5))), v::mul(half, e.part.hi));
    return unlessTiny(x, v::mul(v::add(y.hi, v::add(y.lo, v::mul(half, e.part.lo))), k(2)));
  }

  // log of 1 + x rounded, and what that leaves out added at the scale of f.
  static reg log1p(reg x) {
    const reg one = k(1), zero = k(0), inf = v::asReg(v::bset1(P::kInfinity));
    const Pair u = sum(v::max(x, one), v::min(x, one));
    const auto bits = v::badd(v::asBits(u.hi), v::bset1(P::kOne - P::kSqrtHalf));
    reg n = v::asReg(v::bor(v::template shr<P::kMantissa>(bits), v::bset1(P::kIntMagic)));
    n = v::sub(n, k(P::kIntMagicValue + static_cast<T>(P::kBias)));
    reg f = v::sub(v::asReg(v::badd(v::band(bits, v::bset1(P::kMantissaMask)), v::bset1(P::kSqrtHalf))), one);
    const mask far = v::gt(n, k(60));
    const reg left = v::select(far, zero, v::mul(u.lo, power(neg(v::select(far, k(60), n)))));
    const Pair whole = select(v::eq(n, zero), {x, zero}, sum(f, left));
    f = whole.hi;
    const reg halfSquare = v::mul(v::mul(k(T(0.5)), f), f);
    const reg s = v::div(f, v::add(k(2), f)), z = v::mul(s, s);
    const reg r = v::mul(z, horner(P::kLog, P::kLogTerms, z));
    const reg low = v::fma(n, k(P::kLogLn2Lo), whole.lo);
    const reg t = v::sub(halfSquare, v::fma(s, v::add(halfSquare, r), low));
    reg y = v::fma(n, k(P::kLogLn2Hi), v::sub(f, t));
    y = v::select(v::eq(x, inf), x, y);
    y = v::select(v::lt(x, k(-1)), v::asReg(v::bset1(P::kNaN)), y);
    y = v::select(v::eq(x, k(-1)), neg(inf), y);
    return unlessTiny(x, y);
  }

  // x times a gate 2^n q, or the gate alone.
  template <bool times> static reg gated(reg x, Pair q, reg n) {
    if constexpr (!times)
      return scale(v::add(q.hi, q.lo), n);
    const Pair p = product(x, q.hi);
    return copysign(scale(v::add(p.hi, v::add(p.lo, v::mul(x, q.lo))), n), x);
  }
  static reg keepNaN(reg x, reg y) { return v::select(v::ne(x, x), x, y); }

  // 1 / (1 + e^-x) = e^x / (1 + e^x), whichever has the smaller exponential; or x times it.
  template <bool times> static reg logistic(reg x) {
    const T limit = T(8) - P::kExpLo;
    const reg a = v::min(k(limit), abs(x));
    const Exp e = expParts(neg(a), k(0));
    const Pair mantissa = e.mantissa();
    Pair below = sum(k(1), scale(mantissa.hi, e.n));
    below.lo = v::add(below.lo, v::mul(scale(k(1), e.n), mantissa.lo));
    const mask negative = v::lt(x, k(0));
    const Pair q = quotient(select(negative, mantissa, {k(1), k(0)}), below);
    reg y = gated<times>(copysign(a, x), q, v::select(negative, e.n, k(0)));
    if constexpr (times)
      y = v::select(v::gt(x, k(limit)), x, y);
    return keepNaN(x, y);
  }

  // tanh(ln(1 + e^x)) = N / (N + 2) with N = e^x (e^x + 2); or x times it.
  template <bool times> static reg smoothGate(reg x) {
    const reg clipped = clip(x, P::kExpLo - T(8), P::kGateHi);
    const Exp e = expParts(clipped, k(0));
    const Pair mantissa = e.mantissa();
    const reg unit = scale(k(1), e.n);
    Pair factor = sumPositive(scale(mantissa.hi, e.n), k(2));
    factor.lo = v::add(factor.lo, v::mul(unit, mantissa.lo));
    const Pair n = product(mantissa, factor);
    Pair below = sumPositive(scale(n.hi, e.n), k(2));
    below.lo = v::add(below.lo, v::mul(unit, n.lo));
    const reg y = gated<times>(clipped, quotient(n, below), e.n);
    return keepNaN(x, v::select(v::gt(x, k(P::kGateHi)), times ? x : k(1), y));
  }

  // Phi(-a), the tail of the standard normal, for a from 0 to kTailMax, as 2^n q.
  static Pair tail(reg a, reg &n) {
    const Pair square = product(a, a);
    const Exp e = expParts(v::mul(k(T(-0.5)), square.hi), v::mul(k(T(-0.5)), square.lo));
    n = e.n;
    const Pair t = quotient({k(P::kTailScale), k(0)}, sumPositive(a, k(P::kTailScale)));
    const reg u = v::mul(v::sub(t.hi, k(P::kTailMiddle)), k(2));
    const Pair inner = sum(k(P::kTail[1]), v::mul(horner(kTailTerms.c + 2, P::kTailTerms - 2, u), u));
    const Pair first = product(u, inner.hi);
    Pair value = sum(k(P::kTail[0]), first.hi);
    // What t.lo changes, by the slope of the first terms.
    const reg slope = v::fma(v::fma(k(T(3) * P::kTail[3]), u, k(T(2) * P::kTail[2])), u, k(P::kTail[1]));
    const reg low = v::add(k(P::kTailLow), v::mul(v::mul(k(2), t.lo), slope));
    value.lo = v::add(value.lo, v::add(v::add(first.lo, v::mul(u, inner.lo)), low));
    return product(product(t, value), e.mantissa());
  }

  // The distribution function of the standard normal, or x times it.
  template <bool times> static reg normal(reg x) {
    const reg a = v::min(k(P::kTailMax), abs(x));
    reg n;
    const Pair below = tail(a, n);
    Pair above = sum(k(1), neg(scale(below.hi, n)));
    above.lo = v::sub(above.lo, scale(below.lo, n));
    const mask negative = v::lt(x, k(0));
    reg y = gated<times>(copysign(a, x), select(negative, below, above), v::select(negative, n, k(0)));
    if constexpr (times)
      y = v::select(v::gt(x, k(P::kTailMax)), x, y);
    return keepNaN(x, y);
  }

  // An odd polynomial near 0, 1 - 2 Phi(-x sqrt 2) elsewhere.
  static reg erf(reg x) {
    const reg a = abs(x);
    const reg near = v::fma(x, horner(P::kErf, P::kErfTerms, v::mul(x, x)), x);
    reg n;
    const Pair below = tail(v::min(k(P::kTailMax), v::mul(a, k(T(1.4142135623730950488)))), n);
    const reg far = v::fma(k(-2), scale(v::add(below.hi, below.lo), n), k(1));
    return keepNaN(x, v::select(v::lt(a, k(P::kErfSmall)), near, copysign(far, x)));
  }

  // The terms of the normal tail, here once more: too many to become part of the code, and Poly's own would be a symbol
  // that the instruction sets share.
  struct TailTerms {
    T c[P::kTailTerms] = {};
    constexpr TailTerms() {
      for (int i = 0; i < P::kTailTerms; ++i)
        c[i] = P::kTail[i];
    }
  };
  static constexpr TailTerms kTailTerms{};
};

} // namespace dlc::kernels
