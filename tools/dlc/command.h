// Command: what a command says of itself: how it is called, which options it shares with others, what it does.
// One file for each, tools/dlc/cmd_<name>.cpp; the folder is the registry. Options are declared in options.cpp, and
// those that no other command has may stand in the command's own file, for subCommand(name).
#pragma once

#include "options.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace llvm::cl {
class SubCommand;
} // namespace llvm::cl

namespace dlc::tool {

/// Groups of options that several commands take.
enum Takes : unsigned {
  kSource = 1,     ///< --set and what stands for it: the command reads a source
  kPipeline = 2,   ///< which passes run, and what is said of them
  kPlans = 4,      ///< --verify-each
  kMemory = 8,     ///< --max-memory
  kData = 16,      ///< --data, --labels, --test
  kOutput = 32,    ///< -o
  kTraining = 64,  ///< --weights, --fresh, --freeze
  kVerifying = 128 ///< --verify-diagnostics
};

struct Command {
  llvm::StringLiteral name; ///< empty: without a command, as in `dlc --emit-ir net.dsl`
  llvm::StringLiteral arguments, doc;
  llvm::StringLiteral otherArguments = ""; ///< where there is a second form
  unsigned takes = 0;                      ///< of Takes
  unsigned place = 0;                      ///< in --help, from the top
  int (*run)(const Options &options);      ///< the exit code
};

/// All of them by the names of their files.
llvm::ArrayRef<const Command *> allCommands();
/// Those with a name, in the order of --help.
llvm::ArrayRef<const Command *> commands();
/// Null if there is none.
const Command *findCommand(llvm::StringRef name);
/// What options of one command are declared for.
llvm::cl::SubCommand &subCommand(llvm::StringRef name);

} // namespace dlc::tool
