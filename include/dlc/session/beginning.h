// The initial weights of a run, if [train] or the caller names a model to take them from.
// train/beginning.h says what is taken from it and what is re-initialised.
#pragma once

#include "dlc/session/net.h"
#include "dlc/train/beginning.h"

namespace dlc::session {

/// Reads the model that `weights` of [train] names; nothing if it names none. NaN or infinity in a tensor that is taken
/// is a finding.
Result<std::optional<train::Beginning>> openBeginning(Net &net);

} // namespace dlc::session
