// RunFiles: which files a run reads and which it writes, and the rule that no output takes the place of an input.
// It opens none of them: two names are one file when the system says so, however they are spelled.
#pragma once

#include "command_line.h"

#include "dlc/compile/unit.h"

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace dlc::tool {

/// Every command that writes files fills one of these and asks refuse() before anything is done. Roles are what
/// messages call the files: "the source", "the model". Empty paths and what is no regular file (/dev/null, a pipe) do
/// not count; two outputs cannot both be `-`.
class RunFiles {
public:
  /// `successor` is the role of the output that may take the place of this input all the same.
  void reads(llvm::StringRef role, llvm::StringRef path, llvm::StringRef successor = "");
  void writes(llvm::StringRef role, llvm::StringRef path);
  /// The files that a source names: those it includes, and with `data` its samples, labels and class names.
  void readsOf(const compile::Unit &unit, bool data);
  /// The files of one source of samples, which are looked for as if `unit` named them.
  void readsData(llvm::StringRef role, const Spec &source, const compile::Unit &unit);

  /// The exit code: 2, with a message that names both roles, where an output is an input or another output.
  int refuse(const Options &options) const;

private:
  struct File {
    std::string role, path, successor;
  };
  std::vector<File> inputs, outputs;
};

} // namespace dlc::tool
