// The parts of a review that are files of their own.
// What they have in common with review.h is its order: the run as a whole, then its settings, then its samples.
#pragma once

#include "dlc/train/review.h"

namespace dlc::train {

/// W504 and W502 for settings that change nothing over a run of this length, each at its place: batches larger than
/// the data, averages and warm-ups longer than the run, patience that never ends, a monitor that decides nothing.
void reviewLength(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle);

/// W510 where test or val say less than they seem to: the samples of train once more, or a part of one another.
void reviewScoring(compile::Unit &unit, const Bundle &bundle);

} // namespace dlc::train
