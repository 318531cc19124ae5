// Values of a net as numbers on standard output, for `dlc show --values`.
// Which value it is and how it is computed is train/probe.h's business.
#pragma once

#include "trained_net.h"

namespace dlc::tool {

/// `dlc show --values=NAME`: a weight, or a value or gradient for one sample; the exit code.
int showValue(const Options &options, TrainedNet &net);

/// A net that was not trained: the source with the weights that its run would begin with. `net` has its unit already;
/// the exit code.
int openUntrained(const Options &options, TrainedNet &net);

} // namespace dlc::tool
