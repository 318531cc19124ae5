// Epilogue: how a gemm or a conv ends: its result is kept, or a tile program runs over it while it is hot, or both.
// The two families differ only in the place of a channel in the result; fusing maps into it is not its business.
#pragma once

#include "bind.h"
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
  /// close(), with the arguments of the epilogue filled in.
  template <template <class> class Args, class T>
  BoundInstr close(const kernels::Family<Args<T>> &family, Args<T> args, const BindContext &context) const {
    struct Closure {
      void (*run)(const Args<T> &, kernels::Range, void *);
      Args<T> args;
      kernels::MapProgram<T> program;
    };
    auto closure = std::make_shared<Closure>();
    args.c = keep ? pointer<T>(context, instr, true, 0) : nullptr;
    args.epilogue = kind();
    if (args.epilogue == kernels::GemmEpilogue::Program) {
      closure->program = bindCode<T>(instr, context, kFirstInput, kFirstRead, firstWrite());
      args.program = &closure->program;
    } else if (args.epilogue != kernels::GemmEpilogue::None) {
      args.c = pointer<T>(context, instr, true, 0);
      args.bias = pointer<const T>(context, instr, false, kFirstRead);
    }
    closure->run = family.run;
    closure->args = args;
    BoundInstr bound;
    bound.grains = family.grains(args);
    bound.scratch = family.scratch(args);
    bound.closure = closure;
    bound.run = [](const void *c, kernels::Range grains, void *scratch) {
      const auto *self = static_cast<const Closure *>(c);
      self->run(self->args, grains, scratch);
    };
    return bound;
  }

private:
  static constexpr size_t kFirstRead = 2, kFirstInput = 1;
  size_t firstWrite() const { return keep ? 1 : 0; }

  const Instr &instr;
  bool keep; ///< the result is written
  MapInputKind channel;
};

} // namespace dlc
