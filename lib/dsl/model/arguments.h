// Arguments of layers, losses and optimizers: from what is written to the values of an ArgSpec table.
// Evaluating them is all that is done here; the binding is signature's.
#pragma once

#include "settings/evaluator.h"

#include "dlc/ir/op_def.h"
#include "dlc/signature/bind.h"

namespace dlc::dsl {

/// Binds `written` to `specs`. `layer` names the layer in messages; `nameLoc` is where it stands. Nothing after an
/// error that was reported.
std::optional<Bound> bindArguments(const Evaluator &evaluator, std::span<const ArgSpec> specs,
                                   llvm::ArrayRef<Arg> written, llvm::StringRef layer, Loc nameLoc, bool takesName);

} // namespace dlc::dsl
