// Epilogue: how a gemm or a conv ends: its result is kept, or a tile program runs over it while it is hot, or both.
// The two families differ only in the place of a channel in the result; fusing maps into it is not its business.
#pragma once

#include "call.h"
#include "products.h"

namespace dlc {

/// Of an instruction with two operands of its own, whose tile program has the accumulator as its first input, and which
/// writes its result, if that is kept, before the outputs of the program.
class Epilogue {
public:
  /// `channel`: an input of the tile program that has one number for each channel of the result.
  Epilogue(const Instr &product, bool keep, const MapInputKind &channel)
      : instr(product), keep(keep), channel(channel) {}
  Epilogue(const Instr &product, const Accumulator &accumulator)
      : Epilogue(product, accumulator.keep, accumulator.channel) {}

  /// The kernel's own end that does what the tile program says; Program where there is none such.
  kernels::GemmEpilogue kind() const;
  /// Reads and writes against the tile program; `count` elements of the result.
  void verify(Verify &verify, CheckedSize count) const;
  /// Whether writes[w] may take over the bytes of reads[r].
  bool inPlace(size_t w, size_t r) const;
  /// Fills in the arguments of the epilogue and the block sizes, and the tile program where it is one.
  template <class Args, class T> void fill(Args &args, Tiles<T> &tiles, const Operands &o) const {
    args.epilogue = kind(), args.blocks = kernels::blocksFor(o.program.caches);
    args.c = keep ? o.write<T>(0) : nullptr;
    if (args.epilogue == kernels::GemmEpilogue::Program) {
      tiles = tilesOf<T>(o, kFirstInput, kFirstRead, firstWrite());
      args.program = tiles.get();
    } else if (args.epilogue != kernels::GemmEpilogue::None) {
      args.c = o.write<T>(0);
      args.bias = o.read<T>(kFirstRead);
    }
  }

private:
  static constexpr size_t kFirstRead = 2, kFirstInput = 1;
  size_t firstWrite() const { return keep ? 1 : 0; }

  const Instr &instr;
  bool keep; ///< the result is written
  MapInputKind channel;
};

} // namespace dlc
