// What the process does where nobody is left to hand an error to: no memory, a limit of the system, an exception that
// nobody catches. It ends with a reason and an exit code, never in a signal.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc::tool {

/// Once, at the start of main().
void takeLastResorts();

/// Calls `work` on a stack that is large enough whatever `ulimit -s` says, and returns what it returns.
int onEnoughStack(llvm::function_ref<int()> work);

} // namespace dlc::tool
