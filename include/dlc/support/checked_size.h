// CheckedSize: products and sums of sizes that came from outside, which remember whether they overflowed.
// It is not for sizes that we computed ourselves; those are plain integers.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>

namespace dlc {

/// An unsigned 64-bit size that becomes "too large" instead of wrapping around, and stays so.
///     CheckedSize bytes = CheckedSize(rows) * columns * sizeof(float) + header;
///     if (!bytes.fitsIn(file.size())) ...
class CheckedSize {
public:
  constexpr CheckedSize(uint64_t value = 0) : value_(value) {}
  /// A negative size counts as overflow.
  static constexpr CheckedSize fromSigned(int64_t value) {
    CheckedSize result(static_cast<uint64_t>(value));
    result.overflowed = value < 0;
    return result;
  }

  constexpr CheckedSize operator*(CheckedSize other) const {
    CheckedSize result;
    result.overflowed = __builtin_mul_overflow(value_, other.value_, &result.value_) | overflowed | other.overflowed;
    return result;
  }
  constexpr CheckedSize operator+(CheckedSize other) const {
    CheckedSize result;
    result.overflowed = __builtin_add_overflow(value_, other.value_, &result.value_) | overflowed | other.overflowed;
    return result;
  }
  constexpr CheckedSize &operator*=(CheckedSize other) { return *this = *this * other; }
  constexpr CheckedSize &operator+=(CheckedSize other) { return *this = *this + other; }

  /// The value, or nothing after an overflow.
  constexpr std::optional<uint64_t> value() const { return overflowed ? std::nullopt : std::optional(value_); }
  /// No overflow, and not above `limit`.
  constexpr bool fitsIn(uint64_t limit) const { return !overflowed && value_ <= limit; }

private:
  uint64_t value_ = 0;
  bool overflowed = false;
};

/// Product of the dimensions; negative ones and overflow give nothing. The empty shape has one element.
std::optional<uint64_t> checkedElements(llvm::ArrayRef<int64_t> shape);

} // namespace dlc
