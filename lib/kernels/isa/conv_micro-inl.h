// The micro-kernels of conv: a few channels by kNr outputs in registers along a list of taps, and the same for weights.
// They know offsets into a slab only; what a slab is, and what an offset means, is said by conv_slab.inc.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct ConvMicroArgs {
  size_t k;
  const T *x[2];       // where the two halves of the tile start in the slab
  const int32_t *taps; // k offsets from there, in elements
  const T *u;          // weights [k][rows]
  T *out[2];           // the halves of row 0 of the result
  size_t ldo;          // from row to row
  size_t count[2];     // elements of the halves that are stored, at most kNr / 2
  const T *bias;       // one a row, or null
  bool relu;
};

template <class T> struct ConvMicro {
  using v = V<T>;
  using reg = typename v::reg;
  static constexpr size_t kMr = Tile<T>::mr, kNr = Tile<T>::nr, kHalf = kNr / 2, kVectors = kHalf / v::lanes;
  using Run = void (*)(const ConvMicroArgs<T> &);

  static void storeSome(T *out, const reg *acc, size_t count) {
    if (count == kHalf) {
#pragma GCC unroll 4
      for (size_t q = 0; q < kVectors; ++q)
        v::store(out + q * v::lanes, acc[q]);
      return;
    }
    for (size_t q = 0; q < kVectors && q * v::lanes < count; ++q)
      if (count - q * v::lanes >= v::lanes)
        v::store(out + q * v::lanes, acc[q]);
      else
        v::storeN(out + q * v::lanes, count - q * v::lanes, acc[q]);
  }

  template <size_t rows> static void run(const ConvMicroArgs<T> &args) {
    reg acc[rows][2][kVectors];
#pragma GCC unroll 16
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 2
      for (size_t h = 0; h < 2; ++h)
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][h][q] = v::set1(0);
    const T *x0 = args.x[0], *x1 = args.x[1], *u = args.u;
    const int32_t *tap = args.taps, *end = tap + args.k;
#pragma GCC unroll 2
    for (; tap != end; ++tap, u += rows) {
      const ptrdiff_t at = *tap;
      reg b[2][kVectors];
#pragma GCC unroll 4
      for (size_t q = 0; q < kVectors; ++q) {
        b[0][q] = v::load(x0 + at + q * v::lanes);
        b[1][q] = v::load(x1 + at + q * v::lanes);
      }
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r) {
        const reg a = v::set1(u[r]);
#pragma GCC unroll 2
        for (size_t h = 0; h < 2; ++h)
#pragma GCC unroll 4
          for (size_t q = 0; q < kVectors; ++q)
            acc[r][h][q] = v::fma(a, b[h][q], acc[r][h][q]);
      }
    }
    if (args.bias)
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 2
        for (size_t h = 0; h < 2; ++h)
#pragma GCC unroll 4
          for (size_t q = 0; q < kVectors; ++q)
            acc[r][h][q] = v::add(acc[r][h][q], v::set1(args.bias[r]));
    if (args.relu)
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 2
        for (size_t h = 0; h < 2; ++h)
#pragma GCC unroll 4
          for (size_t q = 0; q < kVectors; ++q)
            acc[r][h][q] = Math<T>::max(acc[r][h][q], v::set1(0));
    T *out0 = args.out[0], *out1 = args.out[1];
#pragma GCC unroll 16
    for (size_t r = 0; r < rows; ++r, out0 += args.ldo, out1 += args.ldo) {
      storeSome(out0, acc[r][0], args.count[0]);
      storeSome(out1, acc[r][1], args.count[1]);
    }
  }

  template <size_t rows> static constexpr void fill(Run *table) {
    table[rows - 1] = run<rows>;
    if constexpr (rows > 1)
      fill<rows - 1>(table);
  }
  struct Runs {
    Run rows[kMr]; // [r - 1]: the kernel of exactly r rows
  };
  static constexpr Runs makeRuns() {
    Runs runs{};
    fill<kMr>(runs.rows);
    return runs;
  }
  static constexpr Runs kRuns = makeRuns();
};

// Weights: each row of the tile is one tap, read by broadcasts from the slab; the columns are output channels.
template <class T> struct ConvWeightArgs {
  size_t lines, length; // lines of consecutive outputs, and outputs a line
  const T *x;           // the slab at output 0 of line 0
  size_t lineStep;      // of the slab, in elements
  const int32_t *taps;  // one offset a row
  const T *w;           // dy as [lines * length][kNr]
  T *tile;              // [rows][kNr], continued or begun
  bool first;
};

template <class T> struct ConvWeightMicro {
  using v = V<T>;
  using reg = typename v::reg;
  static constexpr size_t kRows = Tile<T>::mr < 6 ? Tile<T>::mr : 6; // each row has a pointer of its own
  static constexpr size_t kNr = Tile<T>::nr, kVectors = kNr / v::lanes;
  using Run = void (*)(const ConvWeightArgs<T> &);

  template <size_t rows> static void run(const ConvWeightArgs<T> &args) {
    reg acc[rows][kVectors];
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
      for (size_t q = 0; q < kVectors; ++q)
        acc[r][q] = args.first ? v::set1(0) : v::load(args.tile + r * kNr + q * v::lanes);
    const T *x[rows];
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; ++r)
      x[r] = args.x + args.taps[r];
    const T *w = args.w;
    for (size_t line = 0; line < args.lines; ++line) {
#pragma GCC unroll 2
      for (size_t p = 0; p < args.length; ++p, w += kNr) {
        reg b[kVectors];
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          b[q] = v::load(w + q * v::lanes);
#pragma GCC unroll 8
        for (size_t r = 0; r < rows; ++r) {
          const reg a = v::set1(x[r][p]);
#pragma GCC unroll 4
          for (size_t q = 0; q < kVectors; ++q)
            acc[r][q] = v::fma(a, b[q], acc[r][q]);
        }
      }
#pragma GCC unroll 8
      for (size_t r = 0; r < rows; ++r)
        x[r] += args.lineStep;
    }
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
      for (size_t q = 0; q < kVectors; ++q)
        v::store(args.tile + r * kNr + q * v::lanes, acc[r][q]);
  }

  template <size_t rows> static constexpr void fill(Run *table) {
    table[rows - 1] = run<rows>;
    if constexpr (rows > 1)
      fill<rows - 1>(table);
  }
  struct Runs {
    Run rows[kRows];
  };
  static constexpr Runs makeRuns() {
    Runs runs{};
    fill<kRows>(runs.rows);
    return runs;
  }
  static constexpr Runs kRuns = makeRuns();
};

} // namespace
} // namespace dlc::kernels
