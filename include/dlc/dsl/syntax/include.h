// include: the constants and blocks of other files, put where a file asks for them.
// It opens no file itself; the reader that is handed in does, from a disk or from a model file.
#pragma once

#include "dlc/dsl/syntax/ast.h"
#include "dlc/support/diags.h"

#include "absl/status/statusor.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dlc::dsl {

/// The text at `path`, which is the path as written behind the folder of the including file, without "." and "..".
using IncludeReader = std::function<absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>>(llvm::StringRef path)>;

/// A file that was included, directly or not: its path as the reader was asked for it, and its text, kept by the
/// Sources.
struct IncludedFile {
  std::string path;
  llvm::StringRef text;
};

/// Puts the constants of included files into `file` at the place of each `include = "..."`, and their blocks (marked
/// `included`) in front of its sections; everything else in them is left out. A file is brought in once, however often
/// it is asked for. `path` is that of `file`; relative paths start at its folder. Errors go to `diags`, at the place of
/// the include or in the included text: E205 (no path), E214 (cannot be read), E215 (a circle, or nested too deep),
/// E1xx.
std::vector<IncludedFile> resolveIncludes(File &file, llvm::StringRef path, const IncludeReader &read, Sources &sources,
                                          Diags &diags);

} // namespace dlc::dsl
