// OrExit<T>: a value, or the exit code of the program where there is none.
// What was wrong has been printed by then; DLC_TRY passes the code on.
#pragma once

#include "dlc/support/check.h"
#include "dlc/support/try.h"

#include <utility>
#include <variant>

namespace dlc::tool {

template <class T> class [[nodiscard]] OrExit {
public:
  OrExit(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  OrExit(int exitCode) : state_(std::in_place_index<1>, exitCode) {}

  explicit operator bool() const { return state_.index() == 0; }
  T &operator*() & { return value(); }
  T &&operator*() && { return std::move(value()); }
  T *operator->() { return &value(); }
  int exitCode() const {
    DLC_CHECK(state_.index() == 1) << "there is a value";
    return *std::get_if<1>(&state_);
  }

private:
  T &value() {
    DLC_CHECK(state_.index() == 0) << "the program ends with " << *std::get_if<1>(&state_);
    return *std::get_if<0>(&state_);
  }
  std::variant<T, int> state_;
};

} // namespace dlc::tool

namespace dlc {
/// For DLC_TRY; beside the others, which it would hide in a namespace of its own.
template <class T> int passOn(const tool::OrExit<T> &failed) { return failed.exitCode(); }
} // namespace dlc
