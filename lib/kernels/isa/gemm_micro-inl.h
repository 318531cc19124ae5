// The micro-kernel of gemm: up to kMr rows by kNr columns of C, held in registers along a run of k.
// Reads one packed panel of the vector side and any strided rows of the other; every element is one chain of fused
// multiply-adds.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

enum class BiasSide : uint8_t { None, Columns, Rows };

// One tile. The vector side ("w") is a packed panel [k][kNr]; the broadcast side ("u") is read at u[r*uRow + p*uCol].
template <class T> struct MicroArgs {
  size_t k;
  const T *u;
  ptrdiff_t uRow, uCol;
  const T *w;
  const T *partial; // chains to continue, [rows][kNr], or null to start from +0
  T *out;           // [rows][ldo], whole vectors
  size_t ldo;
  BiasSide biasSide;
  bool relu;
  const T *bias; // kNr values (Columns) or one a row (Rows)
};

template <class T> struct GemmMicro {
  using v = V<T>;
  using reg = typename v::reg;
  static constexpr size_t kMr = Tile<T>::mr, kNr = Tile<T>::nr, kVectors = kNr / v::lanes;
  using Run = void (*)(const MicroArgs<T> &);

  template <size_t rows> static void run(const MicroArgs<T> &args) {
    reg acc[rows][kVectors];
    if (args.partial) {
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][q] = v::load(args.partial + r * kNr + q * v::lanes);
    } else {
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][q] = v::set1(0);
    }
    // Three rows share a pointer (the addressing mode scales the row stride by 0, 1 or 2), which keeps all of them in
    // registers.
    constexpr size_t groups = (rows + 2) / 3;
    const T *u[groups];
#pragma GCC unroll 8
    for (size_t g = 0; g < groups; ++g)
      u[g] = args.u + static_cast<ptrdiff_t>(3 * g) * args.uRow;
    const ptrdiff_t uRow = args.uRow, uCol = args.uCol;
    const T *w = args.w;
#pragma GCC unroll 2
    for (size_t p = args.k; p; --p) {
      reg b[kVectors];
#pragma GCC unroll 4
      for (size_t q = 0; q < kVectors; ++q)
        b[q] = v::load(w + q * v::lanes);
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r) {
        const reg a = v::set1(u[r / 3][static_cast<ptrdiff_t>(r % 3) * uRow]);
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][q] = v::fma(a, b[q], acc[r][q]);
      }
      w += kNr;
#pragma GCC unroll 8
      for (size_t g = 0; g < groups; ++g)
        u[g] += uCol;
    }
    if (args.biasSide == BiasSide::Columns) {
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][q] = v::add(acc[r][q], v::load(args.bias + q * v::lanes));
    } else if (args.biasSide == BiasSide::Rows) {
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][q] = v::add(acc[r][q], v::set1(args.bias[r]));
    }
    if (args.relu) {
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (size_t q = 0; q < kVectors; ++q)
          acc[r][q] = Math<T>::max(acc[r][q], v::set1(0));
    }
    T *out = args.out;
#pragma GCC unroll 16
    for (size_t r = 0; r < rows; ++r, out += args.ldo)
#pragma GCC unroll 4
      for (size_t q = 0; q < kVectors; ++q)
        v::store(out + q * v::lanes, acc[r][q]);
  }

  template <size_t rows> struct Fill {
    static constexpr void into(Run *table) {
      table[rows - 1] = run<rows>;
      if constexpr (rows > 1)
        Fill<rows - 1>::into(table);
    }
  };
  struct Runs {
    Run rows[kMr]; // [r - 1]: the kernel of exactly r rows
  };
  static constexpr Runs makeRuns() {
    Runs runs{};
    Fill<kMr>::into(runs.rows);
    return runs;
  }
  static constexpr Runs kRuns = makeRuns();
};

} // namespace
} // namespace dlc::kernels
