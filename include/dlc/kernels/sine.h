// sin and cos, written once over a vector type V (scalar.h), within 2 ulp of every number however large.
// The reduction is exact; nothing is looked up for arguments up to `limit`.
#pragma once
#include "dlc/kernels/functions.h"
#include <stddef.h>

namespace dlc::kernels {

// x = n pi/2 + r with |r| <= pi/4. `half` is pi/2 in four parts, of which n times each of the first three is exact for
// |n| up to limit 2/pi. The polynomials are minimax fits of our own: (sin r / r - 1) / r^2 and
// (cos r - 1 + r^2 / 2) / r^4, relative errors of sine and cosine below 4e-9 and 2e-10 resp. 4e-18 and 6e-20.
template <class V, class T = typename V::element> struct SineTerms;
template <class V> struct SineTerms<V, float> {
  static constexpr float limit = 800.0f, half[] = {0x1.921cp+0f, 0x1.daap-15f, 0x1.10b4p-30f, 0x1.84698ap-48f};
  static constexpr float sine[] = {-0.166666542f, 0.00833213150f, -0.000195108393f};
  static constexpr float cosine[] = {0.0416666456f, -0.00138873060f, 2.44312051e-5f};
};
template <class V> struct SineTerms<V, double> {
  static constexpr double limit = 1.6e6,
                          half[] = {0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69, 0x1.b839a252049c1p-104};
  static constexpr double sine[] = {-0.1666666666666662769,  0.008333333333321285247,  -0.0001984126982886997943,
                                    2.755731335596636594e-6, -2.505070403247989274e-8, 1.589358351948916368e-10};
  static constexpr double cosine[] = {0.04166666666666659106,   -0.001388888888887259807, 0.00002480158728849165083,
                                      -2.755731405645459897e-7, 2.087568186366808716e-9,  -1.135744787144598112e-11};
};

template <class V> struct Sine {
  using v = V;
  using f = Functions<V>;
  using T = typename V::element;
  using P = Poly<T>;
  using Terms = SineTerms<V>;
  using reg = typename v::reg;
  using Pair = typename f::Pair;

  // sin(x + quarters pi/2).
  template <unsigned quarters> static reg shifted(reg x) {
    const reg rounded = v::fma(x, v::set1(T(0.63661977236758134308)), v::set1(P::kRound));
    const reg n = v::sub(rounded, v::set1(P::kRound));
    const reg first = v::sub(x, v::mul(n, v::set1(Terms::half[0])));
    Pair r = sum(first, v::mul(n, v::set1(-Terms::half[1])));
    const Pair second = sum(r.hi, v::mul(n, v::set1(-Terms::half[2])));
    r = f::sum(second.hi, v::add(v::add(r.lo, second.lo), v::mul(n, v::set1(-Terms::half[3]))));
    const Reduced far = reduceFar(x, r, rounded);
    return ofQuadrant(far.r, v::badd(v::asBits(far.rounded), v::bset1(quarters)));
  }

  static reg sine(reg x) { return f::unlessTiny(x, shifted<0>(x)); }
  static reg cosine(reg x) { return f::keepNaN(x, shifted<1>(x)); }

private:
  // a + b, nothing lost (Knuth).
  static Pair sum(reg a, reg b) {
    const reg hi = v::add(a, b), back = v::sub(hi, a);
    return {hi, v::add(v::sub(a, v::sub(hi, back)), v::sub(b, back))};
  }

  // sin(r + n pi/2), of n the two lowest bits.
  static reg ofQuadrant(Pair r, typename v::bits n) {
    const reg z = v::mul(r.hi, r.hi), half = v::mul(v::set1(T(0.5)), z), one = v::set1(1);
    const reg cube = v::mul(v::mul(r.hi, z), f::horner(Terms::sine, sizeof(Terms::sine) / sizeof(T), z));
    const reg sine = v::add(r.hi, v::add(cube, v::sub(r.lo, v::mul(half, r.lo))));
    const reg fourth = v::mul(v::mul(z, z), f::horner(Terms::cosine, sizeof(Terms::cosine) / sizeof(T), z));
    const reg most = v::sub(one, half);
    const reg rest = v::add(v::sub(v::sub(one, most), half), v::sub(fourth, v::mul(r.hi, r.lo)));
    const reg cosine = v::add(most, rest);
    constexpr int top = 8 * sizeof(T) - 1;
    const auto isOdd = v::lt(v::asReg(v::bor(v::template shl<top>(n), v::asBits(one))), v::set1(0));
    const auto sign = v::band(v::template shl<top - 1>(n), v::bset1(P::kSignMask));
    return v::asReg(v::bxor(v::asBits(v::select(isOdd, cosine, sine)), sign));
  }

  struct Reduced {
    Pair r;
    reg rounded; // n + kRound
  };
  // The same where |x| is above the limit, lane by lane.
  static Reduced reduceFar(reg x, Pair r, reg rounded) {
    T lane[v::lanes];
    v::store(lane, x);
    bool any = false;
    for (size_t i = 0; i < v::lanes; ++i)
      any |= isFar(lane[i]);
    if (!any)
      return {r, rounded};
    T hi[v::lanes], lo[v::lanes], n[v::lanes];
    v::store(hi, r.hi), v::store(lo, r.lo), v::store(n, rounded);
    for (size_t i = 0; i < v::lanes; ++i)
      if (isFar(lane[i]))
        reduce(lane[i], hi[i], lo[i], n[i]);
    return {{v::load(hi), v::load(lo)}, v::load(n)};
  }
  static bool isFar(T x) { return (x > Terms::limit || x < -Terms::limit) && x - x == 0; }

  // The bits of 2/pi after 64 zeros.
  static constexpr uint64_t kBits[] = {0,
                                       0xa2f9836e4e441529,
                                       0xfc2757d1f534ddc0,
                                       0xdb6295993c439041,
                                       0xfe5163abdebbc561,
                                       0xb7246e3a424dd2e0,
                                       0x06492eea09d1921c,
                                       0xfe1deb1cb129a73e,
                                       0xe88235f52ebb4484,
                                       0xe99c7026b45f7e41,
                                       0x3991d639835339f4,
                                       0x9c845f8bbdf9283b,
                                       0x1ff897ffde05980f,
                                       0xef2f118b5a0a6d1f,
                                       0x6d367ecf27cb09b7,
                                       0x4f463f669e5fea2d,
                                       0x7527bac7ebe5f17b,
                                       0x3d0739f78a5292ea,
                                       0x6bfb5fb11f8d5d08,
                                       0x56033046fc7b6bab};

  // By the method of Payne and Hanek (1983), in whole numbers: |x| = m 2^e; of 2/pi the bits that make multiples of 4
  // are left out, and of the others 192 are taken.
  __attribute__((noinline)) static void reduce(T x, T &hi, T &lo, T &rounded) {
    __extension__ typedef unsigned __int128 Wide;
    const auto word = __builtin_bit_cast(typename P::Bits, x);
    const bool negative = word & P::kSignMask;
    const int e = static_cast<int>((word & ~P::kSignMask) >> P::kMantissa) - static_cast<int>(P::kBias) - P::kMantissa;
    const uint64_t m = (word & P::kMantissaMask) | uint64_t{1} << P::kMantissa;
    const unsigned at = static_cast<unsigned>(e - 2 + 64), shift = at % 64;
    const uint64_t *bits = kBits + at / 64;
    uint64_t w[3]; // highest first
    for (int i = 0; i < 3; ++i)
      w[i] = shift ? bits[i] << shift | bits[i + 1] >> (64 - shift) : bits[i];
    // product = m w modulo 2^192, whose highest two bits are n modulo 4
    const Wide low = Wide(m) * w[2], middle = Wide(m) * w[1] + (low >> 64);
    uint64_t a = m * w[0] + static_cast<uint64_t>(middle >> 64), b = static_cast<uint64_t>(middle),
             c = static_cast<uint64_t>(low);
    unsigned n = static_cast<unsigned>(a >> 62);
    a = a << 2 | b >> 62, b = b << 2 | c >> 62, c <<= 2;
    const bool above = a >> 63; // the fraction is 1/2 or more: the next multiple is nearer
    if (above)
      ++n, a = ~a, b = ~b, c = ~c; // but for one unit in the last of 190 places
    int zeros = 0;
    if (!a)
      zeros = 64, a = b, b = c;
    if (const int more = __builtin_clzll(a))
      a = a << more | b >> (64 - more), zeros += more;
    // The fraction is a 2^-(64 + zeros); r is that times pi/2.
    const uint64_t r = static_cast<uint64_t>(Wide(a) * 0xc90fdaa22168c234 >> 64);
    const uint64_t upper = r & ~((uint64_t{1} << (63 - P::kMantissa)) - 1);
    const T scale = __builtin_bit_cast(T, (P::kBias - static_cast<typename P::Bits>(63 + zeros)) << P::kMantissa);
    const T sign = above != negative ? -scale : scale;
    hi = static_cast<T>(upper) * sign, lo = static_cast<T>(r - upper) * sign;
    const T whole = hi + lo;
    lo = lo - (whole - hi), hi = whole;
    rounded = P::kRound + static_cast<T>((negative ? 4 - n : n) % 4);
  }
};

} // namespace dlc::kernels
