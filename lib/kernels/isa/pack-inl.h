// Packing: the vector side of a gemm as panels [k][kNr], the broadcast side as strips [k][kMr].
// Columns past the edge of the matrix are filled with zeros, whose results are never stored.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct Pack {
  using v = V<T>;
  static constexpr size_t kMr = Tile<T>::mr, kNr = Tile<T>::nr, kBlock = v::transposeBlock;

  // One panel: dst[p*kNr + j] = w[p*wRow + j*wCol] for p < k, j < cols; zero for the other j < kNr.
  static void panel(T *dst, const T *w, ptrdiff_t wRow, ptrdiff_t wCol, size_t k, size_t cols) {
    if (wCol == 1 && cols == kNr) {
      for (size_t p = 0; p < k; ++p, w += wRow)
        for (size_t j = 0; j < kNr; j += v::lanes)
          v::store(dst + p * kNr + j, v::load(w + j));
      return;
    }
    size_t j = 0;
    if (wRow == 1) {
      for (; j + kBlock <= cols; j += kBlock) {
        const T *src = w + static_cast<ptrdiff_t>(j) * wCol;
        size_t p = 0;
        for (; p + kBlock <= k; p += kBlock)
          v::transpose(src + p, wCol, dst + p * kNr + j, kNr);
        for (; p < k; ++p)
          for (size_t q = 0; q < kBlock; ++q)
            dst[p * kNr + j + q] = src[static_cast<ptrdiff_t>(q) * wCol + static_cast<ptrdiff_t>(p)];
      }
    }
    for (size_t p = 0; p < k; ++p) {
      const T *src = w + static_cast<ptrdiff_t>(p) * wRow;
      for (size_t q = j; q < cols; ++q)
        dst[p * kNr + q] = src[static_cast<ptrdiff_t>(q) * wCol];
      for (size_t q = cols; q < kNr; ++q)
        dst[p * kNr + q] = 0;
    }
  }

  // One strip: dst[p*kMr + r] = u[r*uRow + p*uCol] for r < rows.
  static void strip(T *dst, const T *u, ptrdiff_t uRow, ptrdiff_t uCol, size_t k, size_t rows) {
    if (uRow == 1 && rows == kMr) {
      for (size_t p = 0; p < k; ++p, u += uCol)
        __builtin_memcpy(dst + p * kMr, u, kMr * sizeof(T));
      return;
    }
    for (size_t p = 0; p < k; ++p, u += uCol)
      for (size_t r = 0; r < rows; ++r)
        dst[p * kMr + r] = u[static_cast<ptrdiff_t>(r) * uRow];
  }
};

template <class T> size_t packedElements(size_t k, size_t n) {
  return (n + Tile<T>::nr - 1) / Tile<T>::nr * Tile<T>::nr * k;
}

// A grain is some whole panels.
template <class T> size_t panelsPerGrain(const PackArgs<T> &args) {
  const size_t elements = args.k * Tile<T>::nr;
  return elements >= 8192 ? 1 : 8192 / (elements ? elements : 1);
}
template <class T> size_t packGrains(const PackArgs<T> &args) {
  const size_t panels = (args.n + Tile<T>::nr - 1) / Tile<T>::nr, per = panelsPerGrain(args);
  return args.k ? (panels + per - 1) / per : 0;
}
template <class T> void pack(const PackArgs<T> &args, Range range, void *) {
  constexpr size_t nr = Tile<T>::nr;
  const size_t panels = (args.n + nr - 1) / nr, per = panelsPerGrain(args);
  const size_t end = range.end * per < panels ? range.end * per : panels;
  for (size_t q = range.begin * per; q < end; ++q) {
    const size_t j = q * nr, cols = args.n - j < nr ? args.n - j : nr;
    Pack<T>::panel(args.dst + q * nr * args.k, args.b + static_cast<ptrdiff_t>(j) * args.bCol, args.bRow, args.bCol,
                   args.k, cols);
  }
}

} // namespace
} // namespace dlc::kernels
