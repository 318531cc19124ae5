// The helpers that are written by hand, as texts of C. Those that write themselves are in helpers.cpp.
// Which of them a net needs is decided there, too.
#pragma once

#include "helpers.h"

namespace dlc::deploy {

/// All of them, for numbers of this type. `fast` as in helpersFor().
std::vector<CHelper> helperTexts(DType dtype, bool fast);

} // namespace dlc::deploy
