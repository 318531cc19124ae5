// Element counts of shapes that came from outside.
// The arithmetic itself is in the header.
#include "dlc/support/checked_size.h"

namespace dlc {

std::optional<uint64_t> checkedElements(llvm::ArrayRef<int64_t> shape) {
  CheckedSize count = 1;
  for (int64_t size : shape)
    count *= CheckedSize::fromSigned(size);
  return count.value();
}

} // namespace dlc
