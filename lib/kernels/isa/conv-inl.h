// conv, forward and to the input: a grain is some lines of one image and group; its slab is laid out once, then every
// tile of outputs runs along the list of taps. Nothing like a matrix of patches is ever written down.
#pragma once
#include "conv_micro-inl.h"
#include "conv_pack-inl.h"
#include "conv_slab-inl.h"
#include "map-inl.h"

namespace dlc::kernels {
namespace {

// What its rows, taps and classes are, and in which order the weights are read, is said in conv_pack.inc.
template <class T> struct Conv {
  using M = ConvMicro<T>;
  static constexpr size_t kMr = M::kMr, kNr = M::kNr, kHalf = M::kHalf;
  static constexpr size_t kGrainWork = 1u << 17; // least multiply-adds of a grain where there are many

  static size_t ceilDiv(size_t a, size_t b) { return (a + b - 1) / b; }
  static size_t align(size_t bytes) { return (bytes + 63) / 64 * 64; }

  const ConvArgs<T> &args;
  const ConvShape &s;
  const ConvPacking<T> packing;
  bool forward, program, direct;
  bool ready;              // the weights lie in the order of `packing`
  size_t from, to, k;      // of `packing`
  size_t outH, outW;       // of the result
  size_t lines, lineBegin; // all lines of outputs, in units of stride: [lineBegin, lineBegin + lines)
  size_t colBegin, cols;   // likewise columns
  size_t reachH, reachW;   // to the input: how far a tap reaches back in dy
  size_t grainLines, lineBlocks;
  ConvSlab<T> slab;
  size_t weightBytes, tapBytes, slabBytes, resultBytes, mapBytes;

  explicit Conv(const ConvArgs<T> &a) : args(a), s(a.shape), packing(a.op, a.shape) {
    forward = packing.forward, program = a.epilogue == GemmEpilogue::Program;
    ready = a.packed || packing.asTheyLie();
    from = packing.from, to = packing.to, k = packing.k;
    outH = forward ? s.oh : s.h, outW = forward ? s.ow : s.w;
    if (forward) {
      lineBegin = colBegin = 0, lines = s.oh, cols = s.ow;
      reachH = reachW = 0;
      slab.h = s.h, slab.w = s.w, slab.left = -static_cast<ptrdiff_t>(s.pw), slab.phases = s.sw;
      slab.part = ceilDiv((s.ow ? s.ow - 1 : 0) * s.sw + (s.kw - 1) * s.dw + 1, s.sw);
    } else {
      lineBegin = s.ph / s.sh, lines = s.h ? (s.h - 1 + s.ph) / s.sh + 1 - lineBegin : 0;
      colBegin = s.pw / s.sw, cols = s.w ? (s.w - 1 + s.pw) / s.sw + 1 - colBegin : 0;
      reachH = (s.kh - 1) * s.dh / s.sh, reachW = (s.kw - 1) * s.dw / s.sw;
      slab.h = s.oh, slab.w = s.ow, slab.phases = 1, slab.part = cols + reachW;
      slab.left = static_cast<ptrdiff_t>(colBegin) - static_cast<ptrdiff_t>(reachW);
    }
    chooseLines();
    slab.rows = slabRows(grainLines);
    // Without padding and stride the source is its own slab, if no vector reads past its end.
    direct = forward && s.ph == 0 && s.pw == 0 && s.sw == 1 && s.ow % kHalf == 0 && s.w == s.ow + (s.kw - 1) * s.dw &&
             s.h >= (s.oh - 1) * s.sh + (s.kh - 1) * s.dh + 1 && s.oh > 0;
    if (direct)
      slab.rows = s.h, slab.part = s.w;
    weightBytes = ready ? 0 : align(packing.groupElements() * sizeof(T));
    tapBytes = align(k * sizeof(int32_t));
    slabBytes = direct ? 0 : align(slab.elements(from) * sizeof(T));
    resultBytes = program ? align(to * lineElements(grainLines) * sizeof(T)) : 0;
    mapBytes = program ? align(MapRunner<T>::scratchBytes(*a.program)) : 0;
  }

  size_t slabRows(size_t count) const {
    return forward ? (count ? count - 1 : 0) * s.sh + (s.kh - 1) * s.dh + 1 : count + reachH;
  }
  // Elements of a channel of the result in so many lines.
  size_t lineElements(size_t count) const { return (forward ? count : count * s.sh) * outW; }

  void chooseLines() {
    const size_t bytes = from * slab.lineLength() * (forward ? s.sh : 1) * sizeof(T);
    const size_t halo = slabRows(1) * from * slab.lineLength() * sizeof(T);
    grainLines = bytes && halo < args.blocks.convSlab ? (args.blocks.convSlab - halo) / bytes + 1 : 1;
    const size_t lineWork = to * k * (cols ? cols : 1);
    const size_t least = lineWork ? ceilDiv(kGrainWork, lineWork) : 1;
    const size_t spread = ceilDiv(lines * s.n * s.groups, 32); // 32 grains, if they are worth it
    const size_t wanted = spread > least ? spread : least;
    grainLines = grainLines < wanted ? grainLines : wanted;
    grainLines = grainLines < lines ? grainLines : lines;
    grainLines = grainLines ? grainLines : 1;
    lineBlocks = ceilDiv(lines, grainLines);
    grainLines = lineBlocks ? ceilDiv(lines, lineBlocks) : 1; // of equal length
    lineBlocks = ceilDiv(lines, grainLines);
  }

  size_t scratchBytes() const { return weightBytes + tapBytes + slabBytes + resultBytes + mapBytes; }
  size_t grains() const { return outW ? s.groups * s.n * lineBlocks : 0; }

  // The offsets of a class's taps, by (channel, i, j); returns how many. A slab of the whole result line 0, column 0.
  size_t listTaps(size_t cls, int32_t *taps) const {
    size_t count = 0;
    const size_t plane = slab.plane(), line = slab.lineLength();
    for (size_t c = 0; c < from; ++c)
      for (size_t i = 0; i < s.kh; ++i)
        for (size_t j = 0; j < s.kw; ++j)
          if (packing.inClass(cls, i, j)) {
            const size_t at = forward ? i * s.dh * line + slab.column(j * s.dw)
                                      : (reachH - i * s.dh / s.sh) * line + reachW - j * s.dw / s.sw;
            taps[count++] = static_cast<int32_t>(c * plane + at);
          }
    return count;
  }

  struct Scratch {
    T *weights, *slab, *result;
    int32_t *taps;
    MapRunner<T> *runner;
  };

  // One grain's place: lines [first, first + count) of image n, group g; result is where line 0 of the block goes.
  struct Place {
    size_t group, image, first, count;
    size_t outBegin, outEnd; // lines of the result
  };
  Place place(size_t grain) const {
    Place p;
    p.group = grain / (s.n * lineBlocks), p.image = grain / lineBlocks % s.n;
    p.first = grain % lineBlocks * grainLines;
    p.count = lines - p.first < grainLines ? lines - p.first : grainLines;
    auto outLine = [&](size_t line) { // of the first remainder
      const size_t at = (lineBegin + line) * s.sh;
      return at < s.ph ? 0 : at - s.ph < s.h ? at - s.ph : s.h;
    };
    p.outBegin = forward ? p.first : outLine(p.first);
    p.outEnd = forward ? p.first + p.count : outLine(p.first + p.count);
    return p;
  }

  // All tiles of one class over the slab. `result`: channel 0 of the group at the first line of the block.
  void runClass(const Place &p, size_t cls, const T *source, const int32_t *taps, size_t count, const T *weights,
                T *result, size_t ldo, const T *bias) const {
    const size_t a = forward ? 0 : cls / s.sw, b = forward ? 0 : cls % s.sw;
    // Lines and columns of this class that lie on the result.
    size_t line = 0, lineEnd = p.count, col = 0, colEnd = cols;
    const size_t stepH = forward ? 1 : s.sh, stepW = forward ? 1 : s.sw;
    ptrdiff_t outLine = static_cast<ptrdiff_t>(p.first), outCol = 0; // of line 0 and column 0
    if (!forward) {
      outLine = static_cast<ptrdiff_t>((lineBegin + p.first) * s.sh + a) - static_cast<ptrdiff_t>(s.ph);
      outCol = static_cast<ptrdiff_t>(colBegin * s.sw + b) - static_cast<ptrdiff_t>(s.pw);
      auto clip = [](ptrdiff_t at, size_t step, size_t size, size_t &begin, size_t &end) {
        const ptrdiff_t d = static_cast<ptrdiff_t>(step);
        while (begin < end && at + static_cast<ptrdiff_t>(begin) * d < 0)
          ++begin;
        while (begin < end && at + static_cast<ptrdiff_t>(end - 1) * d >= static_cast<ptrdiff_t>(size))
          --end;
      };
      clip(outLine, s.sh, s.h, line, lineEnd);
      clip(outCol, s.sw, s.w, col, colEnd);
    }
    if (line == lineEnd || col == colEnd)
      return;
    const size_t slabStep = slab.lineLength() * (forward ? s.sh : 1);
    const size_t width = colEnd - col, perLine = ceilDiv(width, kHalf);
    const size_t halves = perLine * (lineEnd - line);
    const T *x = source + line * slabStep + col;
    T *out = result + (static_cast<size_t>(outLine + static_cast<ptrdiff_t>(line * stepH)) - p.outBegin) * outW +
             static_cast<size_t>(outCol + static_cast<ptrdiff_t>(col * stepW));
    alignas(64) T tile[kMr * kNr];
    ConvMicroArgs<T> micro;
    micro.k = count, micro.taps = taps;
    micro.relu = args.epilogue == GemmEpilogue::BiasRelu;
    const bool spread = stepW != 1;
    for (size_t half = 0, inLine = 0; half < halves; half += 2) {
      T *target[2] = {};
      for (size_t side = 0; side < 2; ++side) {
        if (half + side >= halves) { // an odd half out: computed twice, stored once
          micro.x[1] = micro.x[0], micro.out[1] = micro.out[0], micro.count[1] = 0;
          break;
        }
        const size_t at = inLine * kHalf;
        micro.x[side] = x + at;
        micro.count[side] = width - at < kHalf ? width - at : kHalf;
        target[side] = out + at * stepW;
        micro.out[side] = target[side];
        if (++inLine == perLine)
          inLine = 0, x += slabStep, out += stepH * outW;
      }
      const T *u = weights;
      for (size_t strip = 0; strip < packing.strips; ++strip) {
        const size_t row = packing.stripBegin(strip), rows = packing.stripBegin(strip + 1) - row;
        ConvMicroArgs<T> m = micro;
        m.u = u, u += rows * count;
        m.bias = bias ? bias + row : nullptr;
        if (!spread) {
          m.ldo = ldo, m.out[0] += row * ldo, m.out[1] += row * ldo;
          M::kRuns.rows[rows - 1](m);
          continue;
        }
        m.ldo = kNr, m.out[0] = tile, m.out[1] = tile + kHalf;
        M::kRuns.rows[rows - 1](m);
        for (size_t r = 0; r < rows; ++r)
          for (size_t side = 0; side < 2; ++side)
            for (size_t i = 0; i < m.count[side]; ++i)
              target[side][(row + r) * ldo + i * stepW] = tile[r * kNr + side * kHalf + i];
      }
    }
  }

  // weights: those of the group, in the order of `packing`.
  void grain(const Place &p, const T *weights, const Scratch &scratch) const {
    const size_t channel = p.image * s.groups + p.group; // in units of a group's channels
    const T *source = args.a + channel * from * slab.h * slab.w;
    if (direct) {
      source += p.first * s.sh * s.w;
    } else {
      const ptrdiff_t y = forward ? static_cast<ptrdiff_t>(p.first * s.sh) - static_cast<ptrdiff_t>(s.ph)
                                  : static_cast<ptrdiff_t>(lineBegin + p.first) - static_cast<ptrdiff_t>(reachH);
      slab.fill(scratch.slab, source, from, y);
      source = scratch.slab;
    }
    const size_t plane = outH * outW, firstElement = channel * to * plane + p.outBegin * outW;
    const size_t width = (p.outEnd - p.outBegin) * outW;
    T *result = program ? scratch.result : args.c + firstElement;
    const size_t ldo = program ? width : plane;
    const T *bias = args.epilogue == GemmEpilogue::Bias || args.epilogue == GemmEpilogue::BiasRelu
                        ? args.bias + p.group * to
                        : nullptr;
    const int32_t *taps = scratch.taps;
    for (size_t cls = 0; cls < packing.classes; ++cls) {
      const size_t count = packing.countTaps(cls);
      runClass(p, cls, source, taps, count, weights, result, ldo, bias);
      taps += count, weights += count * to;
    }
    if (!program)
      return;
    for (size_t r = 0; r < to; ++r) {
      const T *accumulators = result + r * width;
      const size_t begin = firstElement + r * plane;
      if (args.c)
        __builtin_memcpy(args.c + begin, accumulators, width * sizeof(T));
      scratch.runner->run(begin, begin + width, accumulators);
    }
  }

  void run(Range range, void *memory, MapRunner<T> *runner) const {
    char *at = static_cast<char *>(memory);
    Scratch scratch;
    scratch.weights = reinterpret_cast<T *>(at);
    scratch.taps = reinterpret_cast<int32_t *>(at += weightBytes);
    scratch.slab = reinterpret_cast<T *>(at += tapBytes);
    scratch.result = reinterpret_cast<T *>(at += slabBytes);
    scratch.runner = runner;
    int32_t *taps = scratch.taps;
    for (size_t cls = 0; cls < packing.classes; ++cls)
      taps += listTaps(cls, taps);
    size_t packed = s.groups;
    for (size_t g = range.begin; g < range.end; ++g) {
      const Place p = place(g);
      const T *weights = args.b + p.group * packing.groupElements();
      if (!ready && p.group != packed)
        packing.pack(weights, scratch.weights), packed = p.group;
      grain(p, ready ? weights : scratch.weights, scratch);
    }
  }
};

} // namespace
} // namespace dlc::kernels
