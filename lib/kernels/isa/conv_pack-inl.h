// pack_conv, and the order it gives to weights: the one in which conv reads them, forward and to the input.
// Where a tap lies on an image is not known here.
#pragma once
#include "conv_micro-inl.h"

namespace dlc::kernels {
namespace {

// Both directions are one problem: rows (channels of the result) by outputs, summed over taps (channel of the source,
// i, j). To the input with a stride, outputs whose taps differ are computed apart, one class for each remainder of
// their line and column; forward there is one class. The weights of a group are read as [class][strip of
// rows][tap][row].
template <class T> struct ConvPacking {
  static constexpr size_t kMr = ConvMicro<T>::kMr;

  const ConvShape &s;
  bool forward;
  size_t from, to;  // channels of a group in the source and in the result
  size_t kernel, k; // taps of one channel, taps of all
  size_t classes, strips;

  ConvPacking(ConvOp op, const ConvShape &shape) : s(shape), forward(op == ConvOp::Forward) {
    from = forward ? s.ci : s.co, to = forward ? s.co : s.ci;
    kernel = s.kh * s.kw, k = from * kernel;
    classes = forward ? 1 : s.sh * s.sw;
    strips = (to + kMr - 1) / kMr;
  }

  size_t groupElements() const { return to * k; } // packed or not
  /// Whether the order is that of the weights themselves, and there is nothing to pack.
  bool asTheyLie() const { return to == 1 && classes == 1; }
  size_t stripBegin(size_t strip) const { return strip * to / strips; }
  bool inClass(size_t cls, size_t i, size_t j) const {
    return classes == 1 || (i * s.dh % s.sh == cls / s.sw && j * s.dw % s.sw == cls % s.sw);
  }
  size_t countTaps(size_t cls) const {
    if (classes == 1)
      return k;
    size_t count = 0;
    for (size_t i = 0; i < s.kh; ++i)
      for (size_t j = 0; j < s.kw; ++j)
        count += inClass(cls, i, j);
    return count * from;
  }

  // One strip of all classes; w and dst are those of the group.
  void packStrip(const T *w, size_t strip, T *dst) const {
    const size_t begin = stripBegin(strip), end = stripBegin(strip + 1);
    for (size_t cls = 0; cls < classes; ++cls) {
      const size_t count = countTaps(cls);
      T *at = dst + begin * count;
      for (size_t c = 0; c < from; ++c)
        for (size_t i = 0; i < s.kh; ++i)
          for (size_t j = 0; j < s.kw; ++j)
            if (inClass(cls, i, j)) {
              const size_t tap = i * s.kw + j;
              for (size_t r = begin; r < end; ++r)
                *at++ = w[(forward ? r * s.ci + c : c * s.ci + r) * kernel + tap];
            }
      dst += count * to;
    }
  }
  void pack(const T *w, T *dst) const {
    for (size_t strip = 0; strip < strips; ++strip)
      packStrip(w, strip, dst);
  }
};

template <class T> size_t convPackedElements(ConvOp op, const ConvShape &shape) {
  if (op == ConvOp::GradWeight)
    return 0;
  const ConvPacking<T> packing(op, shape);
  return packing.asTheyLie() ? 0 : shape.groups * packing.groupElements();
}

// A grain is a strip of a group.
template <class T> size_t packConvGrains(const ConvPackArgs<T> &args) {
  return convPackedElements<T>(args.op, args.shape) ? args.shape.groups * ConvPacking<T>(args.op, args.shape).strips
                                                    : 0;
}
template <class T> void packConv(const ConvPackArgs<T> &args, Range range, void *) {
  const ConvPacking<T> packing(args.op, args.shape);
  for (size_t grain = range.begin; grain < range.end; ++grain) {
    const size_t group = grain / packing.strips * packing.groupElements();
    packing.packStrip(args.b + group, grain % packing.strips, args.dst + group);
  }
}

} // namespace
} // namespace dlc::kernels
