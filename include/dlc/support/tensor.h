// A dense, row-major tensor that owns its bytes (aligned to 64): weights in a model file, batches, the interpreter's
// values. It has no arithmetic and is not used inside a running program, which works on one planned arena.
#pragma once

#include "dlc/support/check.h"
#include "dlc/support/type.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

namespace dlc {

template <class T> constexpr DType dtypeOf();
template <> constexpr DType dtypeOf<float>() { return DType::F32; }
template <> constexpr DType dtypeOf<double>() { return DType::F64; }
template <> constexpr DType dtypeOf<int32_t>() { return DType::I32; }

class Tensor {
public:
  Tensor() = default;
  /// Zero-filled.
  explicit Tensor(Type type);
  Tensor(const Tensor &other);
  Tensor(Tensor &&) noexcept = default;
  Tensor &operator=(const Tensor &other) { return *this = Tensor(other); }
  Tensor &operator=(Tensor &&) noexcept = default;

  const Type &type() const { return type_; }
  const Shape &shape() const { return type_.shape; }
  DType dtype() const { return type_.dtype; }
  size_t bytes() const { return type_.bytes(); }
  std::byte *data() { return aligned(block_.get()); }
  const std::byte *data() const { return aligned(block_.get()); }

  /// The elements; T must be the dtype's own type.
  template <class T> std::span<T> span() {
    DLC_CHECK(dtypeOf<T>() == type_.dtype) << "tensor is " << toString(type_);
    return {reinterpret_cast<T *>(data()), static_cast<size_t>(type_.elements())};
  }
  template <class T> std::span<const T> span() const {
    DLC_CHECK(dtypeOf<T>() == type_.dtype) << "tensor is " << toString(type_);
    return {reinterpret_cast<const T *>(data()), static_cast<size_t>(type_.elements())};
  }
  /// Same bytes under another shape of equal element count.
  void reshape(llvm::ArrayRef<int64_t> shape);

  /// Same type and the same bits.
  friend bool operator==(const Tensor &a, const Tensor &b) {
    return a.type_ == b.type_ && (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
  }

private:
  struct Free {
    void operator()(std::byte *p) const { std::free(p); }
  };
  static constexpr size_t kAlign = 64;
  static std::byte *aligned(std::byte *p) { return p + (kAlign - reinterpret_cast<uintptr_t>(p) % kAlign) % kAlign; }
  Type type_{DType::F32, {0}};
  std::unique_ptr<std::byte, Free> block_; ///< the bytes begin at its first multiple of kAlign
};

} // namespace dlc
