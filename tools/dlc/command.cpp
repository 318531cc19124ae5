// The lists that are made of the registered commands.
// No command is named here.
#include "command.h"

#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"

#include <deque>

namespace dlc::tool {

llvm::ArrayRef<const Command *> commands() {
  static const std::vector<const Command *> sorted = [] {
    std::vector<const Command *> named;
    llvm::copy_if(allCommands(), std::back_inserter(named), [](const Command *c) { return !c->name.empty(); });
    llvm::stable_sort(named, [](const Command *a, const Command *b) { return a->place < b->place; });
    return named;
  }();
  return sorted;
}

const Command *findCommand(llvm::StringRef name) {
  for (const Command *command : allCommands())
    if (command->name == name)
      return command;
  return nullptr;
}

llvm::cl::SubCommand &subCommand(llvm::StringRef name) {
  // Made when the first option asks for one, which may be before any other static of this folder is; where they stand
  // they stay, for the library keeps their addresses.
  static std::deque<llvm::cl::SubCommand> made;
  if (made.empty())
    for (const Command *command : commands())
      made.emplace_back(command->name, command->doc);
  if (name.empty())
    return llvm::cl::SubCommand::getTopLevel();
  for (llvm::cl::SubCommand &command : made)
    if (command.getName() == name)
      return command;
  DLC_CHECK(false) << "no command " << name;
  return made.front();
}

} // namespace dlc::tool
