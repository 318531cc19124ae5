// The options of every command as plain rows, for completion, the man page and the documentation.
// It is read from the declarations in options.cpp, so nothing is listed twice.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::tool {

/// An option as a command takes it.
struct FlagInfo {
  std::string name; ///< "epochs", "o"; without dashes
  std::string doc;
  std::string value;                ///< "N", "FILE", "auto|scalar"; "" for a flag without a value
  bool optionalValue = false;       ///< --emit-ir[=STAGE]
  std::vector<std::string> choices; ///< where `value` is a list of words
  enum class Kind : uint8_t { Text, Whole, Number } kind = Kind::Text; ///< of the value

  /// "--epochs" or "-o".
  std::string dashed() const { return (name.size() == 1 ? "-" : "--") + name; }
  /// What stands behind that: "=N", " FILE", "[=STAGE]", "".
  std::string argument() const {
    return value.empty() ? "" : name.size() == 1 ? " " + value : optionalValue ? "[=" + value + "]" : "=" + value;
  }
};
/// Of the command, "" being the driver (--emit-ir), sorted by name.
std::vector<FlagInfo> flagsOf(llvm::StringRef command);

/// The completion script of "bash", "zsh" or "fish"; "" for another word.
std::string completionScript(llvm::StringRef shell);

} // namespace dlc::tool
