// Advice: what can be said of a run before it begins, from its settings and the size of its data.
// It changes nothing; a warning is all it gives.
#pragma once

#include "dlc/train/bundle.h"

namespace dlc::train {

/// W505 for settings that make the same training many times slower than another spelling: batches of one of a thousand
/// samples or more. The diagnostics are those of `unit`.
void adviseOnSpeed(compile::Unit &unit, const Bundle &bundle);

} // namespace dlc::train
