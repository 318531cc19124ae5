// Unit: one source file, read and understood as far as it can be without data: text, tree, settings, and what was wrong
// with them. It builds no graph; compile.h does that.
#pragma once

#include "dlc/dsl/settings/settings.h"
#include "dlc/dsl/syntax/ast.h"
#include "dlc/dsl/syntax/include.h"
#include "dlc/support/diags.h"
#include "dlc/support/sources.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <string>

namespace dlc::compile {

/// One override from the command line: `text` is `SECTION.KEY=VALUE`, `name` what messages call its place ("--set",
/// "--epochs").
struct OverrideText {
  std::string name, text;
};

/// A source file with everything that points into it. Lives as long as anything made from it.
struct Unit {
  Unit() = default;
  Unit(const Unit &) = delete;
  Unit &operator=(const Unit &) = delete;

  Sources sources;
  Diags diags{sources};
  std::string path;     ///< as given; "-" for standard input
  std::string folder;   ///< of `path`: data files are looked for there; "" for the current one
  llvm::StringRef text; ///< the whole source
  dsl::File file;       ///< with what it includes
  std::vector<dsl::IncludedFile> includes;
  std::vector<OverrideText> overrides; ///< what has to be changed of the source to mean these settings
  dsl::Settings settings;
};

/// Parses `text` and what it includes, and reads its settings; mistakes are in `diags` of the result. `read` is who
/// brings included files; without one they are files of the disk.
std::unique_ptr<Unit> makeUnit(llvm::StringRef path, llvm::StringRef text, llvm::ArrayRef<OverrideText> overrides = {},
                               const dsl::IncludeReader &read = nullptr);

} // namespace dlc::compile
