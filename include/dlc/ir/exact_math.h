// The meaning of exp, log, tanh, of sums and of random words, to the last bit, as plain scalar code.
// Not fast and not used by any kernel: the interpreter computes with it, and a test holds the kernels to it.
#pragma once
#include "dlc/kernels/kernels.h"
#include "dlc/kernels/polynomials.h"
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace dlc {

template <class T> using PolyBits = typename kernels::Poly<T>::Bits;
template <class T> PolyBits<T> bitsOf(T x) { return std::bit_cast<PolyBits<T>>(x); }
template <class T> T fromBits(PolyBits<T> bits) { return std::bit_cast<T>(bits); }

/// c[0] + x (c[1] + x (...)), one fused multiply-add a term.
template <class T> T exactHorner(const T *c, int terms, T x) {
  T sum = c[terms - 1];
  for (int i = terms - 2; i >= 0; --i)
    sum = std::fma(sum, x, c[i]);
  return sum;
}

/// e^x within 1 ulp (2 for subnormal results). x = n ln 2 + r; e^r by a polynomial; times 2^n in two exact halves.
template <class T> T exactExp(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  x = P::kExpLo > x ? P::kExpLo : x;
  x = P::kExpHi < x ? P::kExpHi : x;
  T n = std::fma(x, P::kLog2e, P::kRound) - P::kRound;
  T r = std::fma(n, -P::kExpLn2Hi, x);
  r = std::fma(n, -P::kExpLn2Lo, r);
  T p = std::fma(exactHorner(P::kExp, P::kExpTerms, r), r * r, r) + T(1);
  T half = std::fma(n, T(0.5), P::kRound) - P::kRound;
  auto power = [](T e) { return fromBits<T>((bitsOf<T>(e + P::kRound) + P::kBias) << P::kMantissa); };
  return p * power(half) * power(n - half);
}

/// ln x within 1 ulp. x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2); -inf at 0, NaN below.
template <class T> T exactLog(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  if (x == T(0))
    return -std::numeric_limits<T>::infinity();
  if (x < T(0))
    return std::numeric_limits<T>::quiet_NaN();
  if (std::isinf(x))
    return x;
  T shift = 0;
  if (x < P::kMinNormal)
    x *= P::kSubnormalScale, shift = P::kSubnormalShift;
  PolyBits<T> bits = bitsOf<T>(x) + (P::kOne - P::kSqrtHalf);
  T k = static_cast<T>(bits >> P::kMantissa) - static_cast<T>(P::kBias) - shift;
  T f = fromBits<T>((bits & P::kMantissaMask) + P::kSqrtHalf) - T(1);
  T halfSquare = T(0.5) * f * f;
  T s = f / (T(2) + f), z = s * s;
  T r = z * exactHorner(P::kLog, P::kLogTerms, z);
  T t = halfSquare - std::fma(s, halfSquare + r, k * P::kLogLn2Lo);
  return std::fma(k, P::kLogLn2Hi, f - t);
}

/// tanh x within 2 ulp: an odd polynomial (float) or rational (double) near 0, 1 - 2/(e^2|x| + 1) elsewhere.
template <class T> T exactTanh(T x) {
  using P = kernels::Poly<T>;
  if (std::isnan(x))
    return x;
  T a = std::fabs(x), magnitude;
  if (a < P::kTanhSmall) {
    T z = a * a, q = exactHorner(P::kTanh, P::kTanhTerms, z);
    if (P::kTanhDenominatorTerms)
      q = q / exactHorner(P::kTanhDenominator, P::kTanhDenominatorTerms, z);
    magnitude = std::fma(a * z, q, a);
  } else {
    magnitude = T(1) - T(2) / (exactExp(a + a) + T(1));
  }
  return std::copysign(magnitude, x);
}

/// MapOp::Max and MapOp::Min.
template <class T> T exactMax(T a, T b) { return std::isnan(a) ? a : a > b ? a : b; }
template <class T> T exactMin(T a, T b) { return std::isnan(a) ? a : a < b ? a : b; }

/// Sum of `count` values at p[0], p[1] ...: the rule of reductions over the last axis (kernels.h, ReduceArgs).
template <class T> T exactRunSum(const T *p, size_t count) {
  constexpr size_t lanes = 64 / sizeof(T);
  T total = 0;
  for (size_t begin = 0; begin < count; begin += kernels::kSumChunk) {
    T lane[lanes] = {};
    for (size_t j = 0; j < kernels::kSumChunk && begin + j < count; ++j)
      lane[j % lanes] += p[begin + j];
    for (size_t half = lanes / 2; half; half /= 2)
      for (size_t i = 0; i < half; ++i)
        lane[i] += lane[i + half];
    total = begin ? total + lane[0] : lane[0];
  }
  return total;
}

/// Sum of p[0], p[stride] ... : the rule of reductions over an axis that is not the last.
template <class T> T exactColumnSum(const T *p, size_t count, size_t stride) {
  T total = 0;
  for (size_t begin = 0; begin < count; begin += kernels::kColumnChunk) {
    T chunk = 0;
    for (size_t j = begin; j < begin + kernels::kColumnChunk && j < count; ++j)
      chunk += p[j * stride];
    total = begin ? total + chunk : chunk;
  }
  return total;
}

/// The sum of a reduction over [outer, count, inner] at (o, i): whichever of the two rules applies.
template <class T> T exactSum(const T *src, size_t count, size_t inner, size_t o, size_t i) {
  const T *p = src + o * count * inner + i;
  return inner == 1 ? exactRunSum(p, count) : exactColumnSum(p, count, inner);
}

/// Largest of p[0], p[stride] ...; NaN if any is; a zero result is +0; -infinity for none.
template <class T> T exactMaximum(const T *p, size_t count, size_t stride) {
  T m = -std::numeric_limits<T>::infinity();
  for (size_t j = 0; j < count; ++j)
    m = exactMax(m, p[j * stride]);
  return m + T(0);
}

/// ReduceOp::Norm of p[0], p[stride] ...: by exactRunSum where inner == 1, else by exactColumnSum.
template <class T> T exactNorm(const T *p, size_t count, size_t inner) {
  std::vector<T> squares(count);
  auto sum = [&] {
    for (T &x : squares)
      x *= x;
    return inner == 1 ? exactRunSum(squares.data(), count) : exactColumnSum(squares.data(), count, 1);
  };
  T largest = 0;
  for (size_t j = 0; j < count; ++j) {
    squares[j] = p[j * inner];
    largest = exactMax(largest, std::isnan(squares[j]) ? squares[j] : std::fabs(squares[j]));
  }
  T plain = sum();
  if (plain >= kernels::kNormLow<T> && std::isfinite(plain))
    return std::sqrt(plain);
  if (!(largest > 0) || std::isinf(largest))
    return std::isnan(plain) ? plain : largest;
  for (size_t j = 0; j < count; ++j)
    squares[j] = p[j * inner] / largest;
  return largest * std::sqrt(sum());
}

/// Philox4x32-10: four random words from a counter of four words and a key of two.
inline std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t{0xD2511F53} * c[0], p1 = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ key[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ key[1], static_cast<uint32_t>(p0)};
    key[0] += 0x9E3779B9, key[1] += 0xBB67AE85;
  }
  return c;
}

/// Element e of RandomArgs: uniform in [0, 1).
template <class T> T exactUniform(uint64_t seed, uint32_t stream, uint32_t step, uint64_t e) {
  constexpr uint64_t perBlock = 16 / sizeof(T);
  uint64_t block = e / perBlock;
  auto w = philox(
      {static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), step, static_cast<uint32_t>(seed >> 32)},
      {static_cast<uint32_t>(seed), stream});
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(w[e % 4] >> 8) * T(0x1p-24);
  uint64_t wide = uint64_t{w[2 * (e % 2)]} << 32 | w[2 * (e % 2) + 1];
  return static_cast<T>(static_cast<double>(wide >> 11) * 0x1p-53);
}

} // namespace dlc
