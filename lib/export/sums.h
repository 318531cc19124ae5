// Sums and maxima of runs as C, in the order that is part of their meaning (ReduceArgs in dlc/kernels/kernels.h).
// Which numbers are added is up to the families that call this.
#pragma once

#include "nest.h"

namespace dlc::deploy {

/// What is added at an index of a run: an expression, before which lines may be written.
using Term = llvm::function_ref<std::string(const std::string &index)>;

/// Declares `name`: the sum of `count` terms along the last axis.
void writeRunSum(Nest &nest, llvm::StringRef name, int64_t count, Term term);
/// The same along another axis.
void writeColumnSum(Nest &nest, llvm::StringRef name, int64_t count, Term term);
/// Declares `name`: the largest of `count` terms; NaN if any is.
void writeMaximum(Nest &nest, llvm::StringRef name, const std::string &count, Term term);

} // namespace dlc::deploy
