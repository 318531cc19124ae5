// pick, one_hot and random: the families that index or make numbers rather than compute with them.
// Plain code: their cost is memory (or, for random, ten integer multiplications a block).
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class Args> size_t noScratch(const Args &) { return 0; }

constexpr size_t kPickGrain = 1024; // rows
template <class T> size_t pickGrains(const PickArgs<T> &args) { return (args.rows + kPickGrain - 1) / kPickGrain; }
template <class T> void pick(const PickArgs<T> &args, Range range, void *) {
  const size_t end = range.end * kPickGrain < args.rows ? range.end * kPickGrain : args.rows;
  for (size_t i = range.begin * kPickGrain; i < end; ++i) {
    const int32_t j = args.index[i];
    args.dst[i] = j >= 0 && static_cast<size_t>(j) < args.cols ? args.x[i * args.cols + static_cast<size_t>(j)]
                                                               : __builtin_bit_cast(T, Poly<T>::kNaN);
  }
}

template <class T> size_t oneHotRows(const OneHotArgs<T> &args) {
  return args.cols >= 8192 ? 1 : 8192 / (args.cols ? args.cols : 1);
}
template <class T> size_t oneHotGrains(const OneHotArgs<T> &args) {
  return (args.rows + oneHotRows(args) - 1) / oneHotRows(args);
}
template <class T> void oneHot(const OneHotArgs<T> &args, Range range, void *) {
  const size_t per = oneHotRows(args), end = range.end * per < args.rows ? range.end * per : args.rows;
  for (size_t i = range.begin * per; i < end; ++i) {
    T *row = args.dst + i * args.cols;
    for (size_t j = 0; j < args.cols; ++j)
      row[j] = 0;
    const int32_t j = args.index[i];
    if (j >= 0 && static_cast<size_t>(j) < args.cols)
      row[j] = args.value ? args.value[i] : T(1);
  }
}

// Philox4x32-10 in 64-bit lanes, one block a lane and the 32 bits of a word in its lower half; what piles up in the
// upper half is ignored by the multiplication and cleared at the end. A few vectors side by side hide the latency of
// the products.
struct Philox {
  using v = V<double>;
  using bits = v::bits;
  static constexpr size_t kVectors = v::lanes == 1 ? 4 : 2, kBlocks = kVectors * v::lanes;

  static bits low(bits a) { return v::band(a, v::bset1(0xffffffffu)); }
  static bits pair(bits upper, bits lower) { return v::bor(v::shl<32>(upper), low(lower)); }
  static void store(uint64_t *p, bits a) {
    double lanes[v::lanes];
    v::store(lanes, v::asReg(a));
    __builtin_memcpy(p, lanes, sizeof lanes);
  }

  // Words 0, 1 and words 2, 3 of blocks first .. first + kBlocks - 1; word0First puts word 0 (and 2) in the upper half.
  static void run(uint64_t first, uint32_t step, uint64_t seed, uint32_t stream, bool word0First, uint64_t *words01,
                  uint64_t *words23) {
    const bits m0 = v::bset1(0xD2511F53u), m1 = v::bset1(0xCD9E8D57u);
    bits c0[kVectors], c1[kVectors], c2[kVectors], c3[kVectors];
    for (size_t q = 0; q < kVectors; ++q) {
      double lanes[v::lanes];
      for (size_t i = 0; i < v::lanes; ++i)
        lanes[i] = __builtin_bit_cast(double, first + q * v::lanes + i);
      const bits block = v::asBits(v::load(lanes));
      c0[q] = block, c1[q] = v::shr<32>(block);
      c2[q] = v::bset1(step), c3[q] = v::bset1(seed >> 32);
    }
    uint32_t k0 = static_cast<uint32_t>(seed), k1 = stream;
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
      const bits key0 = v::bset1(k0), key1 = v::bset1(k1);
      for (size_t q = 0; q < kVectors; ++q) {
        const bits p0 = v::mulLow(m0, c0[q]), p1 = v::mulLow(m1, c2[q]);
        c0[q] = v::bxor(v::bxor(v::shr<32>(p1), c1[q]), key0), c1[q] = p1;
        c2[q] = v::bxor(v::bxor(v::shr<32>(p0), c3[q]), key1), c3[q] = p0;
      }
    }
    for (size_t q = 0; q < kVectors; ++q) {
      store(words01 + q * v::lanes, word0First ? pair(c0[q], c1[q]) : pair(c1[q], c0[q]));
      store(words23 + q * v::lanes, word0First ? pair(c2[q], c3[q]) : pair(c3[q], c2[q]));
    }
  }
};

constexpr size_t kRandomGrain = 2048; // elements: whole groups of blocks in both dtypes
template <class T> size_t randomGrains(const RandomArgs<T> &args) {
  return (args.count + kRandomGrain - 1) / kRandomGrain;
}
template <class T> void random(const RandomArgs<T> &args, Range range, void *) {
  constexpr size_t perBlock = 16 / sizeof(T), perGroup = perBlock * Philox::kBlocks;
  const uint32_t step = args.step ? static_cast<uint32_t>(*args.step) : 0;
  const size_t end = range.end * kRandomGrain < args.count ? range.end * kRandomGrain : args.count;
  for (size_t e = range.begin * kRandomGrain; e < end; e += perGroup) {
    uint64_t words[2][Philox::kBlocks];
    Philox::run(e / perBlock, step, args.seed, args.stream, sizeof(T) == 8, words[0], words[1]);
    T values[perGroup];
    for (size_t b = 0; b < Philox::kBlocks; ++b)
      for (size_t h = 0; h < 2; ++h) {
        const uint64_t w = words[h][b];
        if constexpr (sizeof(T) == 4) { // 24 bits each: exact in a signed integer, whose conversion is one instruction
          values[4 * b + 2 * h] = static_cast<T>(static_cast<int32_t>(static_cast<uint32_t>(w) >> 8)) * T(0x1p-24);
          values[4 * b + 2 * h + 1] = static_cast<T>(static_cast<int32_t>(w >> 40)) * T(0x1p-24);
        } else {
          values[2 * b + h] = static_cast<T>(static_cast<int64_t>(w >> 11)) * T(0x1p-53);
        }
      }
    if (e + perGroup <= end)
      __builtin_memcpy(args.dst + e, values, sizeof values);
    else
      for (size_t i = 0; e + i < end; ++i)
        args.dst[e + i] = values[i];
  }
}

} // namespace
} // namespace dlc::kernels
