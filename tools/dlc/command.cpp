// The lists that are made of the registered commands.
// No command is named here.
#include "command.h"

#include "llvm/ADT/STLExtras.h"

#include <vector>

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

} // namespace dlc::tool
