// Arguments of layers, losses and optimizers: from what is written to the values of an ArgSpec table.
// It builds nothing; every error has the place of the argument.
#pragma once

#include "evaluate.h"

#include "dlc/ir/op_def.h"

namespace dlc::dsl {

/// Sizes of layers, of one sample and of the batch may not exceed this, so that no product of two of them, in bytes,
/// overflows.
inline constexpr double kMaxSize = 1e9;

/// Checked arguments, and where each was written.
struct Bound {
  Args args;
  llvm::StringMap<Loc> locs;
  std::string weightName;        ///< of `name=`
  std::optional<int64_t> inputs; ///< of the layer-list form: how many inputs the layer is said to have
};

/// Binds `written` to `specs`. `classicOrder` non-empty: the order of positional arguments in the layer-list form,
/// where "in" is kept as `inputs`. `layer` names the layer in messages; `nameLoc` is where it stands. Nothing after an
/// error that was reported.
std::optional<Bound> bindArguments(const Evaluator &evaluator, std::span<const ArgSpec> specs,
                                   std::span<const llvm::StringLiteral> classicOrder, llvm::ArrayRef<Arg> written,
                                   llvm::StringRef layer, Loc nameLoc, bool takesName);

/// The name that `name=` gives to the weights of a layer or block; anything but a word is E205. `what` says whose name.
std::optional<std::string> weightName(const Evaluator &evaluator, const Const &value, llvm::StringRef what);

} // namespace dlc::dsl
