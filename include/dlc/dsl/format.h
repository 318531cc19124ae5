// format: a source in its one canonical spelling: built-in names in their own case, older forms as arrows, aligned
// lines. What the source means stays as it was, comments stay where they were; nothing is read or written here.
#pragma once

#include "dlc/dsl/build.h"

#include <optional>
#include <string>

namespace dlc::dsl {

/// Whether `file` uses a spelling of the layer-list form or of the INI form, which format() rewrites.
bool isClassic(const File &file);

/// The canonical text of `file`, whose text is `text`, a buffer of diags.sources(). Formatting the result again changes
/// nothing. The tree must have been parsed without errors. A file in an older form must also make a net, since its
/// rewriting depends on what its lines mean: nothing after errors, which are in `diags`.
std::optional<std::string> format(const File &file, llvm::StringRef text, const Registry &registry, Diags &diags);

} // namespace dlc::dsl
