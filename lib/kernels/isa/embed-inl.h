// Rows of a table by index, and the way back: rows added up by index.
// The way back is cut by columns, so that each sum is one chain in the order of the rows, whoever computes it.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct Embed {
  using v = V<T>;
  static constexpr size_t kWork = 8192;               // elements of a grain of Gather
  static constexpr size_t kColumns = 128 / sizeof(T); // columns of a grain of ScatterAdd: two cache lines

  static size_t gatherRows(const EmbedArgs<T> &args) {
    return args.cols >= kWork ? 1 : kWork / (args.cols ? args.cols : 1);
  }
  static size_t grains(const EmbedArgs<T> &args) {
    return args.op == EmbedOp::Gather ? (args.count + gatherRows(args) - 1) / gatherRows(args)
                                      : (args.cols + kColumns - 1) / kColumns;
  }
  static bool inside(const EmbedArgs<T> &args, size_t i) {
    return args.index[i] >= 0 && static_cast<size_t>(args.index[i]) < args.vocab;
  }

  static void gather(const EmbedArgs<T> &args, size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) {
      T *to = args.dst + i * args.cols;
      if (inside(args, i))
        __builtin_memcpy(to, args.src + static_cast<size_t>(args.index[i]) * args.cols, args.cols * sizeof(T));
      else
        for (size_t j = 0; j < args.cols; ++j)
          to[j] = __builtin_bit_cast(T, Poly<T>::kNaN);
    }
  }

  static void scatter(const EmbedArgs<T> &args, size_t first, size_t last) {
    for (size_t r = 0; r < args.vocab; ++r)
      for (size_t j = first; j < last; ++j)
        args.dst[r * args.cols + j] = 0;
    for (size_t i = 0; i < args.count; ++i) {
      if (!inside(args, i))
        continue;
      T *to = args.dst + static_cast<size_t>(args.index[i]) * args.cols;
      const T *from = args.src + i * args.cols;
      size_t j = first;
      for (; j + v::lanes <= last; j += v::lanes)
        v::store(to + j, v::add(v::load(to + j), v::load(from + j)));
      for (; j < last; ++j)
        to[j] += from[j];
    }
  }
};

template <class T> size_t embedGrains(const EmbedArgs<T> &args) { return Embed<T>::grains(args); }
template <class T> void embed(const EmbedArgs<T> &args, Range range, void *) {
  using E = Embed<T>;
  const bool gathers = args.op == EmbedOp::Gather;
  const size_t per = gathers ? E::gatherRows(args) : E::kColumns, all = gathers ? args.count : args.cols;
  const size_t first = range.begin * per, last = range.end * per < all ? range.end * per : all;
  if (first >= last)
    return;
  if (gathers)
    E::gather(args, first, last);
  else
    E::scatter(args, first, last);
}

} // namespace
} // namespace dlc::kernels
