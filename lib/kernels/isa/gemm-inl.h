// gemm: cuts C into grains, packs one side into panels, and runs the micro-kernel and the epilogue over each block
// while it is hot. Either operand may be the one that is packed and read by vectors (transposing C on the way out):
// whichever costs less for the shape.
#pragma once
#include "gemm_micro-inl.h"
#include "map-inl.h"
#include "pack-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct Gemm {
  using v = V<T>;
  using M = GemmMicro<T>;
  static constexpr size_t kMr = Tile<T>::mr, kNr = Tile<T>::nr, kBlock = v::transposeBlock;
  static constexpr size_t kMaxCols = 512,
                          kMaxStrips = 32;    // widest block; most strips whose chains wait for the next run of k
  static constexpr size_t kGrainWork = 32768; // multiply-adds
  static constexpr size_t kTileRows = (kMr + kBlock - 1) / kBlock * kBlock;

  static size_t ceilDiv(size_t a, size_t b) { return (a + b - 1) / b; }
  static size_t align(size_t bytes) { return (bytes + 63) / 64 * 64; }

  // The problem seen from the micro-kernel: rows of u are broadcast, columns of w are vectors.
  const GemmArgs<T> &args;
  bool swapped;
  const T *u, *w;
  ptrdiff_t uRow, uCol, wRow, wCol;
  size_t rows, cols;
  // The blocking.
  size_t kBlocks, kLength;            // runs of k, and the length of all but the last
  size_t panels, blockPanels, blocks; // column panels; panels a block; blocks
  size_t strips, grainStrips, groups; // row strips; strips a grain; grains a block
  // Where things are in the scratch.
  size_t packedBytes, partialBytes, stripBytes, rowBytes, mapBytes;

  explicit Gemm(const GemmArgs<T> &a) : args(a), swapped(swaps(a)) {
    u = swapped ? a.b : a.a, w = swapped ? a.a : a.b;
    uRow = swapped ? a.bCol : a.aRow, uCol = swapped ? a.bRow : a.aCol;
    wRow = swapped ? a.aCol : a.bRow, wCol = swapped ? a.aRow : a.bCol;
    rows = swapped ? a.n : a.m, cols = swapped ? a.m : a.n;

    kBlocks = a.k ? ceilDiv(a.k, a.blocks.gemmRun / sizeof(T)) : 1;
    kLength = ceilDiv(a.k, kBlocks);
    panels = ceilDiv(cols, kNr);
    size_t widest = a.blocks.gemmPanels / (sizeof(T) * kNr * (kLength ? kLength : 1));
    widest = widest < 1 ? 1 : widest > kMaxCols / kNr ? kMaxCols / kNr : widest;
    blocks = ceilDiv(panels, widest);
    blockPanels = blocks ? ceilDiv(panels, blocks) : 0;
    blocks = blockPanels ? ceilDiv(panels, blockPanels) : 0;
    strips = ceilDiv(rows, kMr);
    const size_t stripWork = kMr * kNr * blockPanels * (a.k ? a.k : 1);
    grainStrips = stripWork ? ceilDiv(kGrainWork, stripWork) : 1;
    groups = ceilDiv(strips, grainStrips);

    const bool program = a.epilogue == GemmEpilogue::Program;
    packedBytes = a.packedB ? 0 : align(blockPanels * kNr * kLength * sizeof(T));
    partialBytes =
        kBlocks > 1 ? align((strips < kMaxStrips ? strips : kMaxStrips) * blockPanels * kMr * kNr * sizeof(T)) : 0;
    stripBytes = align(kMr * kLength * sizeof(T));
    rowBytes = program ? align(kMr * blockPanels * kNr * sizeof(T)) : 0;
    mapBytes = program ? align(MapRunner<T>::scratchBytes(*a.program)) : 0;
  }
  size_t scratchBytes() const { return packedBytes + partialBytes + stripBytes + rowBytes + mapBytes; }
  size_t grains() const { return blocks * groups; }

  // Rough cycles (in sixteenths) of computing C with `rows` broadcast and `cols` in vectors, packing included.
  static size_t cost(size_t rows, size_t cols, size_t k, bool wContiguous, bool uPacks) {
    const size_t full = rows / kMr, rest = rows % kMr;
    auto strip = [](size_t r) { return r * M::kVectors * 8 > 64 ? r * M::kVectors * 8 : 64; };
    size_t perStep = (full * strip(kMr) + (rest ? strip(rest) : 0)) * ceilDiv(cols, kNr);
    perStep += cols * (wContiguous ? 2 : 4) * 8 / v::lanes;
    perStep += uPacks ? rows * 8 : 0;
    return perStep * k;
  }
  static bool swaps(const GemmArgs<T> &a) {
    if (a.packedB || a.epilogue == GemmEpilogue::Program)
      return false;
    const size_t plain = cost(a.m, a.n, a.k, a.bCol == 1, a.aCol != 1);
    const size_t turned = cost(a.n, a.m, a.k, a.aRow == 1, a.bRow != 1) + a.m * a.n * 16;
    return turned < plain;
  }

  // Tile (rows of a strip, one panel) from its scratch to C, turned round if u and w are.
  void storeTile(const T *tile, size_t firstRow, size_t tileRows, size_t firstCol, size_t tileCols) const {
    if (!swapped) {
      for (size_t r = 0; r < tileRows; ++r) {
        T *c = args.c + (firstRow + r) * args.ldc + firstCol;
        size_t j = 0;
        for (; j + v::lanes <= tileCols; j += v::lanes)
          v::store(c + j, v::load(tile + r * kNr + j));
        if (j < tileCols)
          v::storeN(c + j, tileCols - j, v::load(tile + r * kNr + j));
      }
      return;
    }
    alignas(64) T turned[kNr * kTileRows];
    for (size_t r = 0; r < kTileRows; r += kBlock)
      for (size_t j = 0; j < kNr; j += kBlock)
        v::transpose(tile + r * kNr + j, kNr, turned + j * kTileRows + r, kTileRows);
    for (size_t j = 0; j < tileCols; ++j) {
      T *c = args.c + (firstCol + j) * args.ldc + firstRow;
      const T *from = turned + j * kTileRows;
      if (tileRows == kMr)
        __builtin_memcpy(c, from, kMr * sizeof(T));
      else
        for (size_t r = 0; r < tileRows; ++r)
          c[r] = from[r];
    }
  }

  struct Scratch {
    T *packed, *partial, *strip, *row;
    MapRunner<T> *runner;
  };

  // Strips [firstStrip, lastStrip) of one block of columns.
  void block(size_t b, size_t firstStrip, size_t lastStrip, const Scratch &s, bool packedAlready) const {
    const size_t firstPanel = b * blockPanels;
    const size_t count = panels - firstPanel < blockPanels ? panels - firstPanel : blockPanels;
    for (size_t kb = 0; kb < kBlocks; ++kb) {
      const size_t k0 = kb * kLength, kLen = args.k - k0 < kLength ? args.k - k0 : kLength;
      if (!args.packedB && !packedAlready)
        for (size_t q = 0; q < count; ++q) {
          const size_t j = (firstPanel + q) * kNr;
          Pack<T>::panel(s.packed + q * kNr * kLength,
                         w + static_cast<ptrdiff_t>(k0) * wRow + static_cast<ptrdiff_t>(j) * wCol, wRow, wCol, kLen,
                         cols - j < kNr ? cols - j : kNr);
        }
      for (size_t strip = firstStrip; strip < lastStrip; ++strip)
        stripOfBlock(firstPanel, count, strip, strip - firstStrip, kb, k0, kLen, s);
    }
  }

  void stripOfBlock(size_t firstPanel, size_t count, size_t strip, size_t slot, size_t kb, size_t k0, size_t kLen,
                    const Scratch &s) const {
    const size_t row = strip * kMr, stripRows = rows - row < kMr ? rows - row : kMr;
    const bool last = kb + 1 == kBlocks, program = args.epilogue == GemmEpilogue::Program;
    const bool biased = args.epilogue == GemmEpilogue::Bias || args.epilogue == GemmEpilogue::BiasRelu;
    alignas(64) T tile[kTileRows * kNr];
    alignas(64) T biasEdge[kNr];
    if (swapped)
      for (T &t : tile) // the transposition reads whole blocks of rows
        t = 0;
    MicroArgs<T> micro{};
    micro.k = kLen;
    micro.u = u + static_cast<ptrdiff_t>(row) * uRow + static_cast<ptrdiff_t>(k0) * uCol;
    micro.uRow = uRow, micro.uCol = uCol;
    if (uCol != 1 && kLen) {
      Pack<T>::strip(s.strip, micro.u, uRow, uCol, kLen, stripRows);
      micro.u = s.strip, micro.uRow = 1, micro.uCol = kMr;
    }
    const typename M::Run run = M::kRuns.rows[stripRows - 1];
    for (size_t q = 0; q < count; ++q) {
      const size_t col = (firstPanel + q) * kNr, tileCols = cols - col < kNr ? cols - col : kNr;
      micro.w = args.packedB ? args.packedB + (col * args.k + k0 * kNr) : s.packed + q * kNr * kLength;
      T *partial = s.partial + (slot * count + q) * kMr * kNr;
      micro.partial = kb ? partial : nullptr;
      if (!last) {
        micro.out = partial, micro.ldo = kNr;
        run(micro);
        continue;
      }
      if (biased) {
        micro.relu = args.epilogue == GemmEpilogue::BiasRelu;
        micro.biasSide = swapped ? BiasSide::Rows : BiasSide::Columns;
        micro.bias = args.bias + (swapped ? row : col);
        if (!swapped && tileCols < kNr) {
          for (size_t j = 0; j < kNr; ++j)
            biasEdge[j] = j < tileCols ? args.bias[col + j] : T(0);
          micro.bias = biasEdge;
        }
      }
      if (program) {
        prefetchProgram(row, stripRows, col);
        micro.out = s.row + q * kNr, micro.ldo = blockPanels * kNr;
        run(micro);
      } else if (!swapped && tileCols == kNr) {
        micro.out = args.c + row * args.ldc + col, micro.ldo = args.ldc;
        run(micro);
      } else {
        micro.out = tile, micro.ldo = kNr;
        run(micro);
        storeTile(tile, row, stripRows, col, tileCols);
      }
    }
    if (program && last)
      finish(row, stripRows, firstPanel * kNr, count, s);
  }

  // What the program will read beside this tile: fetched while the tile is computed, because rows of a block are too
  // short for the hardware to foresee.
  void prefetchProgram(size_t row, size_t tileRows, size_t col) const {
    for (unsigned i = 1; i < args.program->source.nInputs; ++i) {
      const MapInput &in = args.program->source.inputs[i];
      if (in.source != MapSource::Full)
        continue;
      const char *p = static_cast<const char *>(in.data) + (row * args.n + col) * sizeof(T);
      for (size_t r = 0; r < tileRows; ++r, p += args.n * sizeof(T))
        for (size_t line = 0; line < kNr * sizeof(T); line += 64)
          __builtin_prefetch(p + line, 0, 2);
    }
  }

  // The program over a strip of finished rows.
  void finish(size_t row, size_t stripRows, size_t col, size_t count, const Scratch &s) const {
    const size_t width = cols - col < count * kNr ? cols - col : count * kNr;
    for (size_t r = 0; r < stripRows; ++r) {
      const T *from = s.row + r * blockPanels * kNr;
      if (args.c)
        for (size_t j = 0; j < width; ++j)
          args.c[(row + r) * args.ldc + col + j] = from[j];
      const size_t begin = (row + r) * args.n + col;
      s.runner->run(begin, begin + width, from);
    }
  }

  void run(Range range, void *scratch, MapRunner<T> *runner) const {
    char *at = static_cast<char *>(scratch);
    Scratch s;
    s.packed = reinterpret_cast<T *>(at);
    s.partial = reinterpret_cast<T *>(at += packedBytes);
    s.strip = reinterpret_cast<T *>(at += partialBytes);
    s.row = reinterpret_cast<T *>(at += stripBytes);
    s.runner = runner;
    for (size_t g = range.begin; g < range.end;) {
      const size_t b = g / groups, inBlock = g % groups;
      const size_t stop = range.end < (b + 1) * groups ? range.end : (b + 1) * groups;
      const size_t first = inBlock * grainStrips, end = (inBlock + stop - g) * grainStrips;
      const size_t lastStrip = end < strips ? end : strips;
      const size_t most = kBlocks > 1 ? kMaxStrips : lastStrip - first;
      for (size_t strip = first; strip < lastStrip; strip += most)
        block(b, strip, lastStrip - strip < most ? lastStrip : strip + most, s, kBlocks == 1 && strip > first);
      g = stop;
    }
  }
};

template <class T> size_t gemmGrains(const GemmArgs<T> &args) { return Gemm<T>(args).grains(); }
template <class T> size_t gemmScratch(const GemmArgs<T> &args) { return Gemm<T>(args).scratchBytes(); }
template <class T> void gemm(const GemmArgs<T> &args, Range range, void *scratch) {
  if (range.begin >= range.end)
    return;
  const Gemm<T> g(args);
  if (args.epilogue != GemmEpilogue::Program) {
    g.run(range, scratch, nullptr);
    return;
  }
  MapRunner<T> runner(*args.program,
                      static_cast<char *>(scratch) + g.packedBytes + g.partialBytes + g.stripBytes + g.rowBytes);
  g.run(range, scratch, &runner);
}

} // namespace
} // namespace dlc::kernels
