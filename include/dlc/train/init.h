// Initialisers: the numbers a parameter starts with, keyed by the seed and the parameter's own name.
// So the order of parameters, other layers and threads have no influence on them.
#pragma once

#include "dlc/ir/layer_builder.h"
#include "dlc/support/tensor.h"

#include <cstdint>

namespace dlc::train {

/// Fills `tensor` (of the param's type) as `param.init` says, which is one of signature/initialiser.h: "He",
/// "Uniform(0.1)". Drawn in double precision, then rounded to the dtype; element i takes the i-th number of the stream.
void initialise(Tensor &tensor, const ParamAttrs &param, uint64_t seed);

} // namespace dlc::train
