// Pass: one step of the compiler over a graph or a program, and the registry of them all.
// pipeline.h says which passes run, in which order, and what is printed and checked.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/kernels/kernels.h"
#include "dlc/program/program.h"
#include "dlc/support/diags.h"

#include "absl/status/statusor.h"

#include <map>
#include <string>

namespace dlc {

enum class PassResult : uint8_t { Unchanged, Changed, Failed };

/// What a pass may use besides the graph or the program.
struct PassContext {
  const Registry &registry;
  Diags *diags = nullptr; ///< for user errors found by a pass (autodiff: unknown optimizer); null: such errors are bugs
  std::map<std::string, unsigned> *stats = nullptr; ///< hits per rule
  kernels::Isa isa = kernels::kScalar;              ///< of programs
  DType dtype = DType::F32;                         ///< of programs of graphs without floating-point values
  void count(llvm::StringRef rule) const {
    if (stats)
      ++(*stats)[rule.str()];
  }
};

/// Every file pass_<name>.cpp of lib/passes defines one, called pass_<name>; exactly one of the three functions is set.
struct Pass {
  llvm::StringLiteral name;
  llvm::StringLiteral doc; ///< one sentence
  PassResult (*onGraph)(Graph &, const PassContext &) = nullptr;
  /// Records what it did, and why not more, in program.remarks, if there is a list.
  PassResult (*onProgram)(Program &, const PassContext &) = nullptr;
  /// From a graph to its program. FailedPrecondition if the graph has none.
  absl::StatusOr<Program> (*lower)(const Graph &, const PassContext &) = nullptr;
  Stage leadsTo = Stage::Graph; ///< the stage it leads to; Graph: the stage does not change
  bool keepsResults = true;     ///< false: the graph computes something else afterwards (autodiff)

  bool takesProgram() const { return onProgram != nullptr; }
};

/// In the order of their files.
llvm::ArrayRef<const Pass *> passesByName();
/// Those over graphs first, then `lower`, then those over programs; each by name.
llvm::ArrayRef<const Pass *> allPasses();
/// Null if there is none of this name.
const Pass *findPass(llvm::StringRef name);

} // namespace dlc
