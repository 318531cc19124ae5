// The weights that a run begins with, where [train] or the caller names a model for that.
// What is taken of it and what starts anew is said in train/beginning.h.
#pragma once

#include "dlc/session/net.h"
#include "dlc/train/beginning.h"

namespace dlc::session {

/// Reads the model that `weights` of [train] names; nothing where it names none. Tensors that begin a run with NaN or
/// infinity are a finding.
Result<std::optional<train::Beginning>> openBeginning(Net &net);

} // namespace dlc::session
