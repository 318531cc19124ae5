// InstrDef: everything a Program, the planner and the executor need to know of a kernel family, as a plain aggregate.
// One file each, lib/program/instr_<family>.cpp; it does not hold the kernels, which are a table of dlc/kernels.
#pragma once

#include "dlc/program/program.h"

#include <memory>
#include <span>

namespace dlc {

/// An instruction of a Program, and where its operands are.
struct Operands {
  const Program &program;
  const Instr &instr;
  /// The address of each buffer, by id; empty: all null, for asking grains and scratch alone.
  std::span<void *const> addresses = {};
  template <class T> const T *read(size_t i) const { return at<const T>(instr.reads[i]); }
  template <class T> T *write(size_t i) const { return at<T>(instr.writes[i]); }
  template <class T> T *at(BufferId id) const { return addresses.empty() ? nullptr : static_cast<T *>(addresses[id]); }
};

/// What an instruction comes to: a kernel, and the argument struct that this one is called with.
struct Call {
  const kernels::Kernel *kernel;
  std::shared_ptr<const void> args;
  size_t grains() const { return kernel->grains(args.get()); }
  size_t scratch() const { return kernel->scratch(args.get()); } ///< bytes for each thread, aligned to 64
};

/// The result of a product, which a tile program can go on with while it is hot: input 0 of the code.
struct Accumulator {
  int64_t count = 0;    ///< elements of the result
  bool keep = true;     ///< the result itself is written, before the outputs of the code
  MapInputKind channel; ///< an input of the code that has one number for each channel of the result
};

/// What can be made of the second read of a product beforehand, once for all steps: the order in which its kernel goes
/// through it. It depends on the instruction set.
struct Packing {
  const InstrDef *family;    ///< the instruction that does it: it reads the operand and writes one buffer
  Attrs attrs;               ///< of that instruction; equal for all that can share its result
  int64_t elements;          ///< of its result, in the Program's dtype
  bool done;                 ///< the second read is that result already
  llvm::StringLiteral packs; ///< what readers call it
};

/// Products have two reads before those of the code.
struct ProductDef {
  std::optional<Accumulator> (*accumulator)(const Instr &);
  /// Nothing where the kernel reads the operand as it lies. The instruction's attributes are sound.
  std::optional<Packing> (*packing)(const Program &, const Instr &);
  // The attributes with another `keep`, and for a second read that is packed.
  Attrs (*withKeep)(const Instr &, bool keep);
  Attrs (*withPacked)(const Instr &);
};

struct InstrDef {
  llvm::StringLiteral name;
  llvm::StringLiteral doc;
  std::span<const llvm::StringLiteral> reads,
      writes; ///< what operands stand for; "x?" may be missing, "x..." is any number
  AttrTable attrs;
  bool takesCode = false; ///< may carry a tile program
  /// What is wrong with an instruction whose operand counts are right: sizes, strides, dtypes; "" when nothing.
  std::string (*verify)(const Program &, const Instr &);
  /// It runs nothing: whoever wants to write the call down needs no more than this.
  Call (*call)(const Operands &);
  /// Whether writes[w] may be the very bytes of reads[r]; null: never.
  bool (*inPlace)(const Instr &, size_t w, size_t r) = nullptr;
  /// Of a family that is nothing but its tile program: over how many elements it runs. Its grains are stretches of
  /// them, of a length that their number decides.
  int64_t (*elements)(const Instr &) = nullptr;
  /// Of a family with a result that a tile program can go on with while it is hot; null: of no instruction.
  const ProductDef *product = nullptr;
  /// Multiplications and additions; null: the time it takes follows from the bytes that it touches.
  double (*multiplyAdds)(const Instr &) = nullptr;
};

/// All families, in the order of documentation.
std::span<const InstrDef *const> instrDefs();
const InstrDef *findInstrDef(llvm::StringRef name);

} // namespace dlc
