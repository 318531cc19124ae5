// How a table is read of which only predictions are wanted, and which no source names: what `dlc infer` does with a
// file of the command line, for whoever has the bytes already. It reads nothing itself.
#pragma once

#include "dlc/data/formats.h"
#include "dlc/train/bundle.h"

namespace dlc::train {

/// As the source says of the test data, or else of the training data: columns, separator, missing cells. `names` are
/// those of the model file. E309 as such a source has it.
Fallible<data::CsvOptions> tableOptions(const compile::Unit &unit, const DataWish &wish, const DataNames &names);

} // namespace dlc::train
