// The one number that a scalar output holds.
// For losses only: everything else is read as arrays.
#pragma once

#include "dlc/support/type.h"

namespace dlc::train {

inline double scalarAt(const void *at, DType dtype) {
  return dtype == DType::F64 ? *static_cast<const double *>(at) : static_cast<double>(*static_cast<const float *>(at));
}

} // namespace dlc::train
