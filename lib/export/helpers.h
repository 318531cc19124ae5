// The C that written functions stand on: bits of numbers, the fused multiply-add, the square root, far angles.
// Which of them a net needs follows from the calls in what was written for it.
#pragma once

#include "dlc/support/type.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace dlc::deploy {

/// A static function of the written file. In `text`, @ stands for the prefix and an underscore.
struct CHelper {
  std::string name; ///< without the prefix
  std::string text; ///< comment and definition
};

/// Those that `code` calls, and what they call themselves, each behind what it calls. `fast`: the multiply-add rounds
/// twice where the target has none that rounds once.
std::vector<CHelper> helpersFor(llvm::StringRef code, DType dtype, bool fast);

} // namespace dlc::deploy
