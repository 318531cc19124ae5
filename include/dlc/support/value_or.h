// ValueOr<T, F>: a value, or what prevented it. Fallible, session::Result and the tool's OrExit are its kinds.
// A failure lies on the heap, as it is rare and large.
#pragma once

#include "dlc/support/check.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dlc {

/// A function of this name beside F says a failure in a bug report, where a value is taken that is not there.
inline std::string sayFailure(int exitCode) { return "exit code " + std::to_string(exitCode); }

template <class T, class F> class [[nodiscard]] ValueOr {
public:
  ValueOr(T value) : value_(std::move(value)) {}
  ValueOr(F failure) : failure_(std::make_shared<const F>(std::move(failure))) {}

  explicit operator bool() const { return value_.has_value(); }
  T &operator*() & { return value(); }
  const T &operator*() const & { return const_cast<ValueOr *>(this)->value(); }
  T &&operator*() && { return std::move(value()); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &const_cast<ValueOr *>(this)->value(); }
  const F &failure() const {
    DLC_CHECK(failure_) << "nothing failed";
    return *failure_;
  }

private:
  T &value() {
    DLC_CHECK(value_) << sayFailure(*failure_);
    return *value_;
  }
  std::optional<T> value_;
  std::shared_ptr<const F> failure_;
};

/// For DLC_TRY and DLC_PASS_ON.
template <class T, class F> const F &passOn(const ValueOr<T, F> &failed) { return failed.failure(); }

} // namespace dlc
