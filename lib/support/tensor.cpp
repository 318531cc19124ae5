// Allocation and copying of tensors.
// It does no arithmetic.
#include "dlc/support/tensor.h"

namespace dlc {

Tensor::Tensor(Type type) : type_(std::move(type)) {
  constexpr size_t kAlign = 64;
  size_t size = (type_.bytes() + kAlign - 1) / kAlign * kAlign;
  size = size ? size : kAlign;
  bytes_.reset(static_cast<std::byte *>(std::aligned_alloc(kAlign, size)));
  DLC_CHECK(bytes_) << "out of memory for " << toString(type_);
  std::memset(bytes_.get(), 0, size);
}

Tensor::Tensor(const Tensor &other) {
  if (!other.bytes_)
    return;
  *this = Tensor(other.type_);
  std::memcpy(bytes_.get(), other.bytes_.get(), type_.bytes());
}

void Tensor::reshape(llvm::ArrayRef<int64_t> shape) {
  DLC_CHECK(elementCount(shape) == type_.elements()) << "reshape of " << toString(type_);
  type_.shape.assign(shape.begin(), shape.end());
}

} // namespace dlc
