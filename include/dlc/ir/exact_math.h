// The meaning of element-wise steps, of sums and of random words, to the last bit, as plain scalar code.
// Not fast and not called by any kernel: the interpreter computes with it, and a test holds the kernels to it.
#pragma once
#include "dlc/kernels/kernels.h"
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

/// What a micro-operation gives for one element.
template <kernels::MapOp op, class T, class... Rest> T exact(T x, Rest... rest) {
  return kernels::apply<op, kernels::Scalar<T>>(x, rest...);
}

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
    m = exact<kernels::MapOp::Max>(m, p[j * stride]);
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
    largest = exact<kernels::MapOp::Max>(largest, std::isnan(squares[j]) ? squares[j] : std::fabs(squares[j]));
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
