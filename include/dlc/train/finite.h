// Finite: which tensors of a net hold NaN or infinity.
// It looks and changes nothing; what becomes of such a net is the caller's business.
#pragma once

#include "dlc/train/engine.h"

#include <string>

namespace dlc::train {

bool isFinite(const Tensor &tensor);

enum class Tensors : uint8_t { Weights, All }; ///< All: the state of the optimizer too

/// "linear1.weight holds NaN" for the first tensor that is not finite; "" where all are.
std::string firstNotFinite(const Parameters &parameters, Tensors which = Tensors::Weights);

} // namespace dlc::train
