// Arithmetic on shapes that have been checked; private to lib/lower.
// Sizes from outside are multiplied by dlc/support/checked_size.h.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace dlc {

inline int64_t product(llvm::ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

} // namespace dlc
