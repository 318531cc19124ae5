// Initialisers: the numbers a parameter starts with, keyed by the seed and the parameter's own name.
// So the order of parameters, other layers and threads have no influence on them.
#pragma once

#include "dlc/ir/layer_builder.h"
#include "dlc/support/tensor.h"

#include <cstdint>

namespace dlc::train {

/// Fills `tensor` (of the param's type) as `param.init` says:
///   He            uniform +-sqrt(6 / fan_in)            He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015)
///   HeNormal      normal, deviation sqrt(2 / fan_in)
///   Xavier        uniform +-sqrt(6 / (fan_in + fan_out)) Glorot, Bengio: Understanding the difficulty ... (2010)
///   XavierNormal  normal, deviation sqrt(2 / (fan_in + fan_out))
///   Torch         uniform +-1/sqrt(fan_in)
///   Uniform(r)    uniform +-r          Normal(sd)   normal          Constant(v)   v
/// Drawn in double precision, then rounded to the dtype; element i takes the i-th number of the stream.
void initialise(Tensor &tensor, const ParamAttrs &param, uint64_t seed);

} // namespace dlc::train
