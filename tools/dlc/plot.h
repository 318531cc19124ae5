// Curves of a run as an SVG picture, from its JSON lines.
// It reads and writes no file.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace dlc::tool {

/// A picture of loss, metrics and learning rate over the epochs of `jsonLines` (what `--log` writes): train and val
/// side by side, the best epoch marked. Empty, with the reason in `why`, where a line is no JSON or there is no epoch
/// at all.
std::string plotRun(llvm::StringRef jsonLines, std::string &why);

/// Whether a file of this name would be taken for another kind of picture than SVG: "run.png".
bool isOtherPicture(llvm::StringRef path);

} // namespace dlc::tool
