// Made-up samples: what gradient checks and benchmarks feed a net with, where real data do not matter.
// They have the right kinds and ranges and say nothing.
#pragma once

#include "dlc/dsl/model/build.h"
#include "dlc/support/philox.h"
#include "dlc/support/tensor.h"

namespace dlc::train {

/// Fills the tensor of a training graph's input `name`: samples with normal numbers, tokens and classes with any of
/// those there are, yes-or-no targets with 0 and 1, other targets and weights with numbers from 0 to 1 and 0.5 to 1.5.
/// Inputs of the training loop (the learning rate, counters) are left alone. Floating-point tensors of both dtypes.
void fillInput(const dsl::Net &net, llvm::StringRef name, RandomStream &random, Tensor &tensor);

} // namespace dlc::train
