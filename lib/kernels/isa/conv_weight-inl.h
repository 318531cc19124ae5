// conv to the weights, and the entry points of the family. A grain is a block of images, a group, and a run of taps:
// the block's lines are gone through once, with x laid out in a slab and dy turned to [output][channel].
#pragma once
#include "conv-inl.h"
#include "conv_depthwise-inl.h"
#include "pack-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct ConvWeight {
  using M = ConvWeightMicro<T>;
  static constexpr size_t kRows = M::kRows, kNr = M::kNr;
  static constexpr size_t kOutputs = 512; // outputs worked on at once, about
  static constexpr size_t kGrains = 16;   // wanted where there are few images

  static size_t ceilDiv(size_t a, size_t b) { return (a + b - 1) / b; }
  static size_t align(size_t bytes) { return (bytes + 63) / 64 * 64; }

  const ConvArgs<T> &args;
  const ConvShape &s;
  size_t k, blocks, panels, strips, chunks, chunkStrips, stepLines;
  ConvSlab<T> slab;
  size_t tapBytes, slabBytes, panelBytes, tileBytes;

  explicit ConvWeight(const ConvArgs<T> &a) : args(a), s(a.shape) {
    k = s.ci * s.kh * s.kw;
    blocks = convBlocks(s.n);
    panels = ceilDiv(s.co, kNr), strips = ceilDiv(k, kRows);
    const size_t bySize = ceilDiv(panels * kNr * strips * kRows, a.blocks.convSums / sizeof(T));
    const size_t perTap = blocks * s.groups;
    const size_t byGrains = perTap > 0 ? ceilDiv(kGrains, perTap) : 1;
    const size_t work = s.n * s.oh * s.ow * s.co * k; // too little of it is not cut for the sake of threads
    chunks = work > (1u << 20) && byGrains > bySize ? byGrains : bySize;
    chunks = chunks < strips ? chunks : strips;
    chunkStrips = chunks ? ceilDiv(strips, chunks) : 0;
    chunks = chunkStrips ? ceilDiv(strips, chunkStrips) : 0;
    stepLines = s.ow ? ceilDiv(kOutputs, s.ow) : 1;
    stepLines = stepLines < s.oh ? stepLines : s.oh;
    stepLines = stepLines ? stepLines : 1;
    slab.h = s.h, slab.w = s.w, slab.left = -static_cast<ptrdiff_t>(s.pw), slab.phases = s.sw;
    slab.part = ceilDiv((s.ow ? s.ow - 1 : 0) * s.sw + (s.kw - 1) * s.dw + 1, s.sw);
    slab.rows = (stepLines - 1) * s.sh + (s.kh - 1) * s.dh + 1;
    tapBytes = align(k * sizeof(int32_t));
    slabBytes = align(slab.elements(s.ci) * sizeof(T));
    panelBytes = align(stepLines * s.ow * kNr * sizeof(T));
    tileBytes = align(chunkStrips * panels * kRows * kNr * sizeof(T));
  }
  size_t grains() const { return blocks * s.groups * chunks; }
  size_t scratchBytes() const { return tapBytes + slabBytes + panelBytes + tileBytes; }
  // Strips are of nearly equal length: a short one would leave registers idle.
  size_t stripBegin(size_t strip) const { return strip * k / strips; }

  void run(Range range, void *memory) const {
    char *at = static_cast<char *>(memory);
    auto *taps = reinterpret_cast<int32_t *>(at);
    auto *lines = reinterpret_cast<T *>(at += tapBytes);
    auto *panel = reinterpret_cast<T *>(at += slabBytes);
    auto *tiles = reinterpret_cast<T *>(at += panelBytes);
    for (size_t g = range.begin; g < range.end; ++g)
      grain(g / (s.groups * chunks), g / chunks % s.groups, g % chunks * chunkStrips, taps, lines, panel, tiles);
  }

  // The offsets of the taps of some channels, in a slab of just these; taps[i] is tap i of all channels.
  void listTaps(size_t firstChannel, size_t lastChannel, int32_t *taps) const {
    size_t i = firstChannel * s.kh * s.kw;
    for (size_t c = 0; c < lastChannel - firstChannel; ++c)
      for (size_t y = 0; y < s.kh; ++y)
        for (size_t x = 0; x < s.kw; ++x)
          taps[i++] = static_cast<int32_t>(c * slab.plane() + y * s.dh * slab.lineLength() + slab.column(x * s.dw));
  }

  void grain(size_t block, size_t group, size_t firstStrip, int32_t *taps, T *lines, T *panel, T *tiles) const {
    const size_t lastStrip = strips - firstStrip < chunkStrips ? strips : firstStrip + chunkStrips;
    const size_t firstChannel = stripBegin(firstStrip) / (s.kh * s.kw);
    const size_t lastChannel = ceilDiv(stripBegin(lastStrip), s.kh * s.kw);
    const size_t firstImage = block * convBlockImages(s.n);
    const size_t lastImage = s.n - firstImage < convBlockImages(s.n) ? s.n : firstImage + convBlockImages(s.n);
    ConvWeightArgs<T> micro{};
    listTaps(firstChannel, lastChannel, taps);
    micro.length = s.ow, micro.x = lines, micro.w = panel, micro.lineStep = s.sh * slab.lineLength();
    micro.first = true;
    for (size_t image = firstImage; image < lastImage; ++image)
      for (size_t line = 0; line < s.oh; line += stepLines) {
        micro.lines = s.oh - line < stepLines ? s.oh - line : stepLines;
        const T *x = args.a + ((image * s.groups + group) * s.ci + firstChannel) * s.h * s.w;
        slab.fill(lines, x, lastChannel - firstChannel,
                  static_cast<ptrdiff_t>(line * s.sh) - static_cast<ptrdiff_t>(s.ph));
        const T *dy = args.b + (image * s.groups + group) * s.co * s.oh * s.ow + line * s.ow;
        for (size_t q = 0; q < panels; ++q) {
          const size_t channel = q * kNr, channels = s.co - channel < kNr ? s.co - channel : kNr;
          Pack<T>::panel(panel, dy + channel * s.oh * s.ow, 1, static_cast<ptrdiff_t>(s.oh * s.ow), micro.lines * s.ow,
                         channels);
          for (size_t strip = firstStrip; strip < lastStrip; ++strip) {
            const size_t row = stripBegin(strip);
            micro.taps = taps + row;
            micro.tile = tiles + ((strip - firstStrip) * panels + q) * kRows * kNr;
            M::kRuns.rows[stripBegin(strip + 1) - row - 1](micro);
          }
        }
        micro.first = false;
      }
    T *dst = args.c + (block * s.groups + group) * s.co * k;
    for (size_t strip = firstStrip; strip < lastStrip; ++strip)
      for (size_t q = 0; q < panels; ++q) {
        const T *tile = tiles + ((strip - firstStrip) * panels + q) * kRows * kNr;
        for (size_t row = stripBegin(strip); row < stripBegin(strip + 1); ++row, tile += kNr)
          for (size_t c = q * kNr; c < s.co && c < (q + 1) * kNr; ++c)
            dst[c * k + row] = micro.first ? T(0) : tile[c - q * kNr];
      }
  }
};

/// Calls f with whatever computes the gradient of the weights.
template <class T, class F> decltype(auto) withConvWeight(const ConvArgs<T> &args, F f) {
  if (ConvDepthwise<T>::suits(args.shape))
    return f(ConvDepthwise<T>(args));
  return f(ConvWeight<T>(args));
}

template <class T> size_t convGrains(const ConvArgs<T> &args) {
  if (args.op != ConvOp::GradWeight)
    return Conv<T>(args).grains();
  return withConvWeight(args, [](const auto &c) { return c.grains(); });
}
template <class T> size_t convScratch(const ConvArgs<T> &args) {
  if (args.op != ConvOp::GradWeight)
    return Conv<T>(args).scratchBytes();
  return withConvWeight(args, [](const auto &c) { return c.scratchBytes(); });
}
template <class T> void conv(const ConvArgs<T> &args, Range range, void *scratch) {
  if (range.begin >= range.end)
    return;
  if (args.op == ConvOp::GradWeight) {
    withConvWeight(args, [=](const auto &c) { c.run(range, scratch); });
    return;
  }
  const Conv<T> c(args);
  if (args.epilogue != GemmEpilogue::Program) {
    c.run(range, scratch, nullptr);
    return;
  }
  MapRunner<T> runner(*args.program,
                      static_cast<char *>(scratch) + c.weightBytes + c.tapBytes + c.slabBytes + c.resultBytes);
  c.run(range, scratch, &runner);
}

} // namespace
} // namespace dlc::kernels
