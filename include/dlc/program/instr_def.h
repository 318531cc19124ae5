// InstrDef: everything a Program, the planner and the executor need to know of a kernel family, as a plain aggregate.
// One file each, lib/program/instr_<family>.cpp; it does not hold the kernels, which are a table of dlc/kernels.
#pragma once

#include "dlc/program/program.h"

#include <memory>
#include <span>

namespace dlc {

/// An instruction with its arguments filled in: run(closure, grains, scratch).
struct BoundInstr {
  std::shared_ptr<const void> closure;
  void (*run)(const void *closure, kernels::Range grains, void *scratch) = nullptr;
  size_t grains = 0;
  size_t scratch = 0; ///< bytes for each thread, aligned to 64
};

struct BindContext {
  const kernels::Table &table;
  /// The address of each buffer, by id; empty: all null, for asking grains and scratch alone.
  std::span<void *const> addresses;
  void *address(BufferId id) const { return addresses.empty() ? nullptr : addresses[id]; }
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
  BoundInstr (*bind)(const Program &, const Instr &, const BindContext &);
  /// Whether writes[w] may be the very bytes of reads[r]; null: never.
  bool (*inPlace)(const Instr &, size_t w, size_t r) = nullptr;
};

/// All families, in the order of documentation.
std::span<const InstrDef *const> instrDefs();
const InstrDef *findInstrDef(llvm::StringRef name);

} // namespace dlc
