// Strided gathers into a contiguous tensor: slices, broadcasts, transpositions.
// Axes are merged first, so that what is contiguous in both is one run; a transposition goes through register blocks.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class E> struct Copier { // E: float for 4-byte elements, double for 8 (only moved, never computed with)
  using v = V<E>;
  static constexpr size_t kBlock = v::transposeBlock, kRun = 4096; // elements of a grain, about

  const E *src;
  E *dst;
  // The two last axes after merging, and those before them (a missing axis has size 1).
  size_t rows = 1, cols = 1, outerRank = 0, outerSizes[kMaxCopyRank] = {};
  ptrdiff_t rowStride = 0, colStride = 1, outerStrides[kMaxCopyRank] = {};

  explicit Copier(const CopyArgs &args) : src(static_cast<const E *>(args.src)), dst(static_cast<E *>(args.dst)) {
    for (size_t d = 0; d < args.rank; ++d) {
      const size_t size = args.sizes[d];
      const ptrdiff_t stride = args.strides[d];
      if (size == 1)
        continue;
      if (colStride == stride * static_cast<ptrdiff_t>(size) && cols != 1) { // continues the axis before it
        cols *= size, colStride = stride;
        continue;
      }
      if (rows != 1)
        outerSizes[outerRank] = rows, outerStrides[outerRank++] = rowStride;
      rows = cols, rowStride = cols == 1 ? 0 : colStride;
      cols = size, colStride = stride;
    }
  }
  bool isRun() const { return rows == 1 && outerRank == 0; }

  static void run(E *out, const E *in, ptrdiff_t stride, size_t count) {
    size_t i = 0;
    if (stride == 1) {
      for (; i + v::lanes <= count; i += v::lanes)
        v::store(out + i, v::load(in + i));
      for (; i < count; ++i)
        moveElement(out + i, in + i);
    } else if (stride == 0) {
      const auto value = broadcast(in);
      for (; i + v::lanes <= count; i += v::lanes)
        v::store(out + i, value);
      for (; i < count; ++i)
        moveElement(out + i, in);
    } else {
      for (; i < count; ++i)
        moveElement(out + i, in + static_cast<ptrdiff_t>(i) * stride);
    }
  }
  // By bytes: an integer that looks like a signalling NaN must arrive unchanged.
  static void moveElement(E *out, const E *in) { __builtin_memcpy(out, in, sizeof(E)); }
  static typename v::reg broadcast(const E *in) {
    typename v::bits b;
    typename Poly<E>::Bits bits;
    __builtin_memcpy(&bits, in, sizeof(E));
    b = v::bset1(bits);
    return v::asReg(b);
  }

  // A grain is a piece of one long run; or some rows of one span (the last two axes); or some whole spans.
  bool transposes() const { return rowStride == 1 && colStride != 0 && cols >= kBlock && rows >= kBlock; }
  size_t unitRows() const {
    const size_t per = cols >= kRun ? 1 : (kRun + cols - 1) / (cols ? cols : 1);
    return transposes() && per < 64 ? 64 : per;
  }
  size_t piecesPerSpan() const { return (rows + unitRows() - 1) / unitRows(); }
  size_t spans() const {
    size_t n = 1;
    for (size_t d = 0; d < outerRank; ++d)
      n *= outerSizes[d];
    return n;
  }
  size_t spansPerGrain() const {
    const size_t elements = rows * cols;
    return elements >= kRun ? 1 : (kRun + elements - 1) / (elements ? elements : 1);
  }
  size_t grains() const {
    if (rows == 0 || cols == 0 || spans() == 0)
      return 0;
    if (isRun())
      return (cols + kRun - 1) / kRun;
    return piecesPerSpan() > 1 ? spans() * piecesPerSpan() : (spans() + spansPerGrain() - 1) / spansPerGrain();
  }

  const E *spanSource(size_t span) const {
    const E *p = src;
    for (size_t d = outerRank; d-- > 0;) {
      p += static_cast<ptrdiff_t>(span % outerSizes[d]) * outerStrides[d];
      span /= outerSizes[d];
    }
    return p;
  }

  void rowsOf(size_t span, size_t first, size_t last) const {
    const E *in = spanSource(span);
    E *out = dst + span * rows * cols;
    if (!transposes()) {
      for (size_t r = first; r < last; ++r)
        run(out + r * cols, in + static_cast<ptrdiff_t>(r) * rowStride, colStride, cols);
      return;
    }
    // out[r, c] = in[c*colStride + r]: blocks read along r and written along c.
    const size_t blockRows = first + (last - first) / kBlock * kBlock, blockCols = cols / kBlock * kBlock;
    for (size_t r = first; r < blockRows; r += kBlock) {
      for (size_t c = 0; c < blockCols; c += kBlock)
        v::transpose(in + static_cast<ptrdiff_t>(c) * colStride + r, colStride, out + r * cols + c,
                     static_cast<ptrdiff_t>(cols));
      for (size_t q = r; q < r + kBlock; ++q)
        run(out + q * cols + blockCols, in + static_cast<ptrdiff_t>(blockCols) * colStride + q, colStride,
            cols - blockCols);
    }
    for (size_t r = blockRows; r < last; ++r)
      run(out + r * cols, in + r, colStride, cols);
  }

  void grain(size_t g) const {
    if (isRun()) {
      const size_t begin = g * kRun, count = cols - begin < kRun ? cols - begin : kRun;
      run(dst + begin, src + static_cast<ptrdiff_t>(begin) * colStride, colStride, count);
      return;
    }
    if (const size_t pieces = piecesPerSpan(); pieces > 1) {
      const size_t first = g % pieces * unitRows();
      rowsOf(g / pieces, first, first + unitRows() < rows ? first + unitRows() : rows);
      return;
    }
    const size_t per = spansPerGrain(), total = spans();
    for (size_t s = g * per; s < total && s < (g + 1) * per; ++s)
      rowsOf(s, 0, rows);
  }
};

static size_t copyGrains(const CopyArgs &args) {
  return args.elementBytes == 4 ? Copier<float>(args).grains() : Copier<double>(args).grains();
}
template <class E> void copyRange(const CopyArgs &args, Range range) {
  const Copier<E> copier(args);
  for (size_t g = range.begin; g < range.end; ++g)
    copier.grain(g);
}
static void copy(const CopyArgs &args, Range range, void *) {
  if (args.elementBytes == 4)
    copyRange<float>(args, range);
  else
    copyRange<double>(args, range);
}

// A grain is some whole runs of all sources.
inline size_t concatRun(const ConcatArgs &args) {
  size_t run = 0;
  for (size_t i = 0; i < args.parts; ++i)
    run += args.bytes[i];
  return run;
}
inline size_t concatPerGrain(const ConcatArgs &args) {
  constexpr size_t kBytes = 32768;
  const size_t run = concatRun(args);
  return run >= kBytes ? 1 : kBytes / (run ? run : 1);
}
inline size_t concatGrains(const ConcatArgs &args) {
  return (args.outer + concatPerGrain(args) - 1) / concatPerGrain(args);
}
inline void concat(const ConcatArgs &args, Range range, void *) {
  const size_t per = concatPerGrain(args), run = concatRun(args);
  const size_t end = range.end * per < args.outer ? range.end * per : args.outer;
  for (size_t o = range.begin * per; o < end; ++o) {
    char *dst = static_cast<char *>(args.dst) + o * run;
    for (size_t i = 0; i < args.parts; dst += args.bytes[i], ++i)
      __builtin_memcpy(dst, static_cast<const char *>(args.src[i]) + o * args.bytes[i], args.bytes[i]);
  }
}

} // namespace
} // namespace dlc::kernels
