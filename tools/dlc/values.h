// Values of a net as numbers on standard output, for `dlc show --values`.
// Which value it is and how it is computed is train/probe.h's business.
#pragma once

#include "tool.h"

namespace dlc::tool {

/// `dlc show --values=NAME`: a weight, or a value or gradient for one sample; the exit code.
int showValue(const Options &options, session::Net &net);

} // namespace dlc::tool
