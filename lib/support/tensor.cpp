// Allocation and copying of tensors.
// It does no arithmetic.
#include "dlc/support/tensor.h"

#include "dlc/support/last_words.h"

namespace dlc {

Tensor::Tensor(Type type) : type_(std::move(type)) {
  // From calloc, not filled by hand: pages of large tensors that nobody touches (a plan needs none) cost nothing.
  size_t bytes = type_.bytes();
  if (bytes <= SIZE_MAX - kAlign)
    block_.reset(static_cast<std::byte *>(std::calloc(bytes + kAlign, 1)));
  if (!block_)
    allocationFailed();
}

Tensor::Tensor(const Tensor &other) {
  if (!other.block_)
    return;
  *this = Tensor(other.type_);
  std::memcpy(data(), other.data(), type_.bytes());
}

void Tensor::reshape(llvm::ArrayRef<int64_t> shape) {
  DLC_CHECK(elementCount(shape) == type_.elements()) << "reshape of " << toString(type_);
  type_.shape.assign(shape.begin(), shape.end());
}

} // namespace dlc
