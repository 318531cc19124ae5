// The warning that rounding to the dtype of the net makes different values equal. What is lost is found by data/.
// Private to train.
#pragma once

#include "dlc/train/bundle.h"

namespace dlc::train {

/// W511 for numbers of the training samples that need more digits than f64 has where they are read, or than the net's
/// dtype has once they are prepared. Trouble where a sample cannot be read.
Checked warnOfLostDigits(const compile::Unit &unit, const DataWish &wish, const data::Samples &train,
                         const data::Prepare &prepare, Diags &diags);

} // namespace dlc::train
