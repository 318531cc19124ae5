// A word of a command line as a shell takes it, so that a line we print can be pasted.
// Completions, which stand between quotes already, do without it.
#pragma once

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <string>

namespace dlc::tool {

/// In quotes where it is empty or has blanks or signs. A line break, which a comment could not hold, becomes a blank.
inline std::string shellWord(llvm::StringRef word) {
  if (!word.empty() && llvm::all_of(word, [](char c) {
        return llvm::isAlnum(c) || llvm::StringRef("-_=,./:+@%").contains(c) || (c & 0x80);
      }))
    return word.str();
  std::string quoted = "'";
  for (char c : word)
    quoted += c == '\'' ? "'\\''" : c == '\n' ? " " : std::string(1, c);
  return quoted + "'";
}

} // namespace dlc::tool
