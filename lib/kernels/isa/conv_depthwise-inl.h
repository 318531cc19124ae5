// conv to the weights where each group has one channel in and few out: a lane of a vector is a group, so that one
// multiply-add serves as many groups as there are lanes, and the sums of all taps run side by side.
// The other directions of such convolutions run along lines as those of any other do.
#pragma once
#include "conv_micro-inl.h"
#include "conv_slab-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct ConvDepthwise {
  using v = V<T>;
  using reg = typename v::reg;
  static constexpr size_t kLanes = v::lanes, kBlock = v::transposeBlock;
  static constexpr size_t kTaps = 9; // sums in registers at once

  static size_t ceilDiv(size_t a, size_t b) { return (a + b - 1) / b; }
  static size_t align(size_t bytes) { return (bytes + 63) / 64 * 64; }
  /// Whether this is the better way: elsewhere the lanes are output channels.
  static bool suits(const ConvShape &s) { return s.ci == 1 && s.co <= 2 && s.groups > 1; }

  const ConvArgs<T> &args;
  const ConvShape &s;
  size_t kernel, blocks, sets; // taps; blocks of images; sets of kLanes groups
  size_t cols, stepLines, lines,
      runs; // columns of x that are read; lines of dy at once and of x for them; runs of taps
  size_t tapBytes, xBytes, dyBytes, sumBytes;

  explicit ConvDepthwise(const ConvArgs<T> &a) : args(a), s(a.shape) {
    kernel = s.kh * s.kw, runs = ceilDiv(kernel, kTaps);
    blocks = convBlocks(s.n), sets = ceilDiv(s.groups, kLanes);
    cols = (s.ow ? s.ow - 1 : 0) * s.sw + (s.kw - 1) * s.dw + 1;
    stepLines = ceilDiv(a.blocks.convLines / sizeof(T), (cols * s.sh + s.ow) * kLanes);
    stepLines = stepLines < s.oh ? stepLines : s.oh;
    stepLines = stepLines ? stepLines : 1;
    lines = (stepLines - 1) * s.sh + (s.kh - 1) * s.dh + 1;
    tapBytes = align(kernel * sizeof(size_t));
    xBytes = align(lines * cols * kLanes * sizeof(T)), dyBytes = align(stepLines * s.ow * kLanes * sizeof(T));
    sumBytes = align(kernel * kLanes * sizeof(T));
  }
  size_t grains() const { return blocks * sets * s.co; }
  size_t scratchBytes() const { return tapBytes + xBytes + dyBytes + sumBytes; }

  // dst[i][lane] = src[lane * step + i] for i < count; lanes from `lanes` on are zero.
  static void turn(T *dst, const T *src, size_t step, size_t count, size_t lanes) {
    size_t i = 0;
    if (lanes == kLanes)
      for (; i + kBlock <= count; i += kBlock)
        for (size_t lane = 0; lane < kLanes; lane += kBlock)
          v::transpose(src + lane * step + i, static_cast<ptrdiff_t>(step), dst + i * kLanes + lane,
                       static_cast<ptrdiff_t>(kLanes));
    for (; i < count; ++i)
      for (size_t lane = 0; lane < kLanes; ++lane)
        dst[i * kLanes + lane] = lane < lanes ? src[lane * step + i] : T(0);
  }

  // Lines y, y + 1 ... of the planes at src, with the zeros around them.
  void fill(T *dst, const T *src, ptrdiff_t y, size_t count, size_t lanes) const {
    const size_t left = s.pw < cols ? s.pw : cols, inside = cols - left < s.w ? cols - left : s.w;
    for (size_t r = 0; r < count; ++r, ++y, dst += cols * kLanes) {
      const bool on = y >= 0 && y < static_cast<ptrdiff_t>(s.h);
      ConvSlab<T>::zeros(dst, (on ? left : cols) * kLanes);
      if (!on)
        continue;
      turn(dst + left * kLanes, src + y * static_cast<ptrdiff_t>(s.w), s.h * s.w, inside, lanes);
      ConvSlab<T>::zeros(dst + (left + inside) * kLanes, (cols - left - inside) * kLanes);
    }
  }

  struct Micro {
    const T *x, *dy;
    const size_t *taps; // offsets in x
    T *sums;            // [tap][lane]
    size_t lines, length, lineStep, step;
  };
  template <size_t count> static void run(const Micro &m) {
    reg acc[count];
#pragma GCC unroll 16
    for (size_t t = 0; t < count; ++t)
      acc[t] = v::load(m.sums + t * kLanes);
    const T *dy = m.dy;
    for (size_t line = 0; line < m.lines; ++line) {
      const T *x = m.x + line * m.lineStep;
      for (size_t q = 0; q < m.length; ++q, x += m.step, dy += kLanes) {
        const reg g = v::load(dy);
#pragma GCC unroll 16
        for (size_t t = 0; t < count; ++t)
          acc[t] = v::fma(v::load(x + m.taps[t]), g, acc[t]);
      }
    }
#pragma GCC unroll 16
    for (size_t t = 0; t < count; ++t)
      v::store(m.sums + t * kLanes, acc[t]);
  }
  static void runSome(size_t count, const Micro &m) {
    using Run = void (*)(const Micro &);
    static constexpr Run kRuns[kTaps] = {run<1>, run<2>, run<3>, run<4>, run<5>, run<6>, run<7>, run<8>, run<9>};
    kRuns[count - 1](m);
  }

  void grain(size_t block, size_t set, size_t out, size_t *taps, T *x, T *dy, T *sums) const {
    const size_t group = set * kLanes, lanes = s.groups - group < kLanes ? s.groups - group : kLanes;
    const size_t first = block * convBlockImages(s.n);
    const size_t last = s.n - first < convBlockImages(s.n) ? s.n : first + convBlockImages(s.n);
    ConvSlab<T>::zeros(sums, kernel * kLanes);
    for (size_t image = first; image < last; ++image)
      for (size_t line = 0; line < s.oh; line += stepLines) {
        const size_t count = s.oh - line < stepLines ? s.oh - line : stepLines;
        fill(x, args.a + (image * s.groups + group) * s.h * s.w,
             static_cast<ptrdiff_t>(line * s.sh) - static_cast<ptrdiff_t>(s.ph),
             (count - 1) * s.sh + (s.kh - 1) * s.dh + 1, lanes);
        turn(dy, args.b + ((image * s.groups + group) * s.co + out) * s.oh * s.ow + line * s.ow, s.co * s.oh * s.ow,
             count * s.ow, lanes);
        for (size_t r = 0; r < runs; ++r) {
          const size_t begin = r * kernel / runs;
          runSome((r + 1) * kernel / runs - begin,
                  {x, dy, taps + begin, sums + begin * kLanes, count, s.ow, s.sh * cols * kLanes, s.sw * kLanes});
        }
      }
    T *dst = args.c + ((block * s.groups + group) * s.co + out) * kernel;
    for (size_t lane = 0; lane < lanes; ++lane)
      for (size_t t = 0; t < kernel; ++t)
        dst[lane * s.co * kernel + t] = sums[t * kLanes + lane];
  }

  void run(Range range, void *memory) const {
    char *at = static_cast<char *>(memory);
    auto *taps = reinterpret_cast<size_t *>(at);
    auto *x = reinterpret_cast<T *>(at += tapBytes);
    auto *dy = reinterpret_cast<T *>(at += xBytes);
    auto *sums = reinterpret_cast<T *>(at += dyBytes);
    for (size_t t = 0; t < kernel; ++t)
      taps[t] = (t / s.kw * s.dh * cols + t % s.kw * s.dw) * kLanes;
    for (size_t g = range.begin; g < range.end; ++g)
      grain(g / (sets * s.co), g / s.co % sets, g % s.co, taps, x, dy, sums);
  }
};

} // namespace
} // namespace dlc::kernels
