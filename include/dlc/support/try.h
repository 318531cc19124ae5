// Passing trouble on: the value of what may fail, or an early return with what went wrong.
// It serves every way to fail: ValueOr<T, F>, which is Fallible, session::Result and the tool's OrExit, absl::Status,
// and std::optional<T>, whose emptiness says that the error has been reported to Diags already.
#pragma once

#include "absl/status/statusor.h"

#include <optional>
#include <utility>

namespace dlc {

/// What a function returns for somebody else's failure. Other result types add an overload (ValueOr).
template <class T> std::nullopt_t passOn(const std::optional<T> &) { return std::nullopt; }
template <class T> const absl::Status &passOn(const absl::StatusOr<T> &failed) { return failed.status(); }
inline const absl::Status &passOn(const absl::Status &failed) { return failed; }

template <class T> bool succeeded(const T &result) {
  if constexpr (requires { result.ok(); })
    return result.ok();
  else
    return static_cast<bool>(result);
}

} // namespace dlc

#define DLC_TRY_JOIN_(a, b) a##b
#define DLC_TRY_NAME_(line) DLC_TRY_JOIN_(tried, line)
#define DLC_TRY_AS_(tried, declaration, ...)                                                                           \
  auto tried = __VA_ARGS__;                                                                                            \
  if (!dlc::succeeded(tried))                                                                                          \
    return passOn(tried);                                                                                              \
  declaration = *std::move(tried)

/// `DLC_TRY(auto file, readDataFile(path));` declares `file` with the value, or leaves the function with the trouble.
#define DLC_TRY(declaration, ...) DLC_TRY_AS_(DLC_TRY_NAME_(__LINE__), declaration, __VA_ARGS__)
/// `DLC_PASS_ON(checkCount(data));` for what has no value that is wanted.
#define DLC_PASS_ON(...)                                                                                               \
  do {                                                                                                                 \
    if (auto tried = __VA_ARGS__; !dlc::succeeded(tried))                                                              \
      return passOn(tried);                                                                                            \
  } while (false)
