// Command: what a command says of itself: how it is called, which options it shares with others, what it does.
// One file for each, tools/dlc/cmd_<name>.cpp; the folder is the registry. Options that several take are in flags.cpp.
#pragma once

#include "command_line.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <span>

namespace dlc::tool {

struct Command {
  llvm::StringLiteral name; ///< empty: without a command, as in `dlc --emit-ir net.dsl`
  llvm::StringLiteral arguments, doc;
  llvm::StringLiteral otherArguments = ""; ///< where there is a second form
  unsigned takes = 0;                      ///< of Takes
  std::span<const Flag> flags = {};        ///< that no other command takes
  unsigned place = 0;                      ///< in --help, from the top
  int (*run)(const Options &options);      ///< the exit code
};

/// All of them by the names of their files.
llvm::ArrayRef<const Command *> allCommands();
/// Those with a name, in the order of --help.
llvm::ArrayRef<const Command *> commands();
/// Null if there is none.
const Command *findCommand(llvm::StringRef name);
/// "dlc train net.dsl [out.model]" and the like; "" is the driver (--emit-ir).
std::vector<std::string> formsOf(llvm::StringRef command);
void printHelp();
/// The forms and the options of a command.
void printHelp(llvm::StringRef command);

} // namespace dlc::tool
