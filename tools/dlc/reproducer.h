// The file that an internal failure leaves behind: its first line is the command that fails again on that very file.
// `dlc reduce` makes such a file smaller.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::tool {

/// Writes the source or IR that the command line names, behind a first line that repeats the failure, and the message
/// as comments. Returns the name of the file; "" where nothing could be written, or no text is named.
std::string writeReproducer(llvm::ArrayRef<const char *> argv, llvm::StringRef message);

/// What the reproducer of a process is called that failed over the text `source`.
std::string reproducerName(long process, llvm::StringRef source);

/// The command of a first line such as "// dlc opt bug.ir --passes=cse", without "dlc"; nothing where there is none.
std::optional<std::vector<std::string>> reproducerCommand(llvm::StringRef text);

} // namespace dlc::tool
