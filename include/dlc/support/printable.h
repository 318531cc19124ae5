// printable(): text of a file as a terminal may get it, without control characters and invalid UTF-8.
// It shortens nothing and colours nothing.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace dlc {

enum class Lines : uint8_t {
  One, ///< ends of lines are control characters, a tab is one blank
  All, ///< ends of lines and tabs stay
};

/// Each byte of a control character or of what is no UTF-8 becomes U+FFFD.
std::string printable(llvm::StringRef text, Lines lines = Lines::One);

} // namespace dlc
