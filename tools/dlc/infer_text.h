// `dlc infer --generate`: a text that the net continues. The text is made by session/continuation.h, which serves
// HTTP too; here are flags and lines.
#pragma once

#include "command_line.h"

namespace dlc::tool {

/// The exit code.
int runGenerateText(const Options &options);

} // namespace dlc::tool
