// The file that an internal failure leaves behind: its first line is the command that fails again on that very file.
// `dlc reduce` makes such a file smaller.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::tool {

/// From now on a failed check of this command is said, leaves a reproducer where the command names a text, and ends the
/// process with exit code 70. Once, at the start of main(); `argv` outlives the process.
void leaveReproducers(llvm::ArrayRef<const char *> argv);

/// What the reproducer of a process is called that failed over the text `source`.
std::string reproducerName(long process, llvm::StringRef source);

/// The command of a first line such as "// dlc opt bug.ir --passes=cse", without "dlc"; nothing where there is none.
std::optional<std::vector<std::string>> reproducerCommand(llvm::StringRef text);

} // namespace dlc::tool
