// The version of dlc, as `dlc --version` prints it and model files keep it.
// It is set in the top-level CMakeLists.txt.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace dlc {

llvm::StringRef version();

} // namespace dlc
