// Which primitives compute each element of the result from the elements of the operands at the same place.
// Private to lib/passes.
#pragma once

#include "dlc/ir/graph.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {

inline bool isElementwise(llvm::StringRef mnemonic) {
  static constexpr llvm::StringLiteral kNames[] = {"add",     "sub",   "mul",       "div",   "maximum",    "minimum",
                                                   "neg",     "abs",   "exp",       "log",   "tanh",       "sqrt",
                                                   "greater", "equal", "select",    "expm1", "log1p",      "erf",
                                                   "sigmoid", "silu",  "mish_gate", "mish",  "normal_cdf", "gelu"};
  return llvm::is_contained(kNames, mnemonic);
}

} // namespace dlc
