// What is done with the arguments before llvm::cl sees them.
// Flags and their values are declared in options.cpp; which of them a command takes is asked there.
#pragma once

#include "options.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlc::tool {

void printHelp();
/// The forms and the options of a command.
void printHelp(llvm::StringRef command);
/// Moves the command to argv[1], where llvm::cl looks for it: flags may then stand before it.
void commandFirst(llvm::SmallVectorImpl<const char *> &args);
/// --color is taken out of the arguments by hand: the library registers a flag of that name itself, with other values.
bool takeColor(llvm::SmallVectorImpl<const char *> &args, std::string &value);

/// What `args` ask for, held against the options of `command` ("": the driver) before llvm::cl reads them: its words
/// for a mistake are not ours, and some it does not see as such.
struct GivenFlags {
  std::string mistake; ///< an option that the command does not take, or a value that is missing or none; may be empty
  bool help = false, version = false;
  bool json = false;              ///< mistakes are to be told as JSON
  bool emits = false;             ///< --emit-ir or --emit-dot
  std::vector<std::string> words; ///< all that is no option
};
GivenFlags lookAtFlags(llvm::StringRef command, llvm::ArrayRef<const char *> args);

/// "500MB", "4 GiB" in bytes; nothing where it is no size.
std::optional<uint64_t> parseBytes(llvm::StringRef text);

} // namespace dlc::tool
