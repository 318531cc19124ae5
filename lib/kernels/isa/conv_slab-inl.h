// A slab: some lines of all channels of one image, with the zeros around it in place, so that every tap is one offset.
// Columns are sorted by their remainder modulo the stride: what a tap reads for consecutive outputs is then contiguous.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct ConvSlab {
  using v = V<T>;
  static constexpr size_t kSlack = Tile<T>::nr; // a vector may read past the last line, for outputs nobody stores

  size_t h, w;         // of the source
  ptrdiff_t left;      // the source column at column 0 of the slab
  size_t phases, part; // column c is at (c % phases) * part + c / phases
  size_t rows;         // lines held

  size_t lineLength() const { return phases * part; }
  size_t plane() const { return rows * lineLength(); }
  size_t elements(size_t channels) const { return channels * plane() + kSlack; }
  size_t column(size_t c) const { return c % phases * part + c / phases; }

  static void zeros(T *dst, size_t count) {
    for (size_t i = 0; i < count; ++i)
      dst[i] = 0;
  }
  static void move(T *dst, const T *src, size_t count) {
    size_t i = 0;
    for (; i + v::lanes <= count; i += v::lanes)
      v::store(dst + i, v::load(src + i));
    for (; i < count; ++i)
      dst[i] = src[i];
  }

  // One line from source line y, which may lie off the source.
  void line(T *dst, const T *src, ptrdiff_t y) const {
    if (y < 0 || y >= static_cast<ptrdiff_t>(h)) {
      zeros(dst, lineLength());
      return;
    }
    src += y * static_cast<ptrdiff_t>(w);
    for (size_t phase = 0; phase < phases; ++phase, dst += part) {
      // Column i of this part is source column left + phase + i * phases.
      const ptrdiff_t first = left + static_cast<ptrdiff_t>(phase), step = static_cast<ptrdiff_t>(phases);
      size_t begin = first < 0 ? static_cast<size_t>((-first + step - 1) / step) : 0;
      size_t end = first < static_cast<ptrdiff_t>(w)
                       ? static_cast<size_t>((static_cast<ptrdiff_t>(w) - first + step - 1) / step)
                       : 0;
      end = end < part ? end : part;
      begin = begin < end ? begin : end;
      zeros(dst, begin);
      const T *from = src + first + static_cast<ptrdiff_t>(begin) * step;
      if (phases == 1)
        move(dst + begin, from, end - begin);
      else
        for (size_t i = begin; i < end; ++i, from += step)
          dst[i] = *from;
      zeros(dst + end, part - end);
    }
  }

  // Lines y, y + 1, ... of `channels` planes.
  void fill(T *dst, const T *src, size_t channels, ptrdiff_t y) const {
    for (size_t c = 0; c < channels; ++c, src += h * w)
      for (size_t r = 0; r < rows; ++r, dst += lineLength())
        line(dst, src, y + static_cast<ptrdiff_t>(r));
    zeros(dst, kSlack);
  }
};

} // namespace
} // namespace dlc::kernels
