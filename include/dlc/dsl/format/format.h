// format: a source in its one canonical spelling: built-in names in their own case, older forms as arrows, aligned
// lines. What the source means stays as it was, comments stay where they were; nothing is written here, and only the
// reader that is handed in reads.
#pragma once

#include "dlc/dsl/model/build.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/syntax/include.h"

#include <optional>
#include <string>

namespace dlc::dsl {

/// A source in its canonical spelling.
struct Formatted {
  std::string text;
  bool wasOlder = false; ///< it had a spelling of the layer-list form or of the INI form
};

/// The canonical text of `text`, a buffer of `sources` that stands at `path`; `read` opens what it includes,
/// which stays as it is. Formatting the result again changes nothing, and a source that makes a net makes the same net
/// with the same settings afterwards: that is checked here, and ends in a DLC_CHECK otherwise.
///
/// Nothing after a syntax error. A source in an older form must also make a net, since its rewriting depends on what
/// its lines mean; nothing otherwise. The errors are in `diags`.
std::optional<Formatted> format(llvm::StringRef path, llvm::StringRef text, const IncludeReader &read,
                                const Vocabulary &vocabulary, Sources &sources, Diags &diags);

} // namespace dlc::dsl
