// `dlc infer --stream`: a sample per line of standard input, each answered at once. Steps are taken by
// session::Predictor; here are lines.
#pragma once

#include "command_line.h"

namespace dlc::tool {

/// The exit code.
int runStream(const Options &options);

} // namespace dlc::tool
