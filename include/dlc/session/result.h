// Result: what the functions of a session return, a value or the reason why there is none.
// User errors are not in it: they are findings of the net, with a place.
#pragma once

#include "dlc/support/check.h"
#include "dlc/support/try.h"

#include "absl/status/status.h"

#include <string>
#include <utility>
#include <variant>

namespace dlc::session {

struct Failure {
  enum class Kind : uint8_t {
    Findings, ///< a file or a value in it is wrong; see the findings of the net
    NoData,   ///< neither the caller nor the source names samples
    Options,  ///< the options contradict each other or cannot be planned
    System,   ///< the system refused a file, memory or threads
    Bug,      ///< a bug in dlc
  } kind;
  std::string message; ///< for humans; empty if the findings say everything

  /// What train::Engines, compile::run() and train::evaluate() mean by a status.
  static Failure ofEngine(const absl::Status &status);
  /// What support/files.h means by one.
  static Failure ofSystem(const absl::Status &status) {
    return {Kind::System, std::string(status.message().data(), status.message().size())};
  }
};

template <class T> class [[nodiscard]] Result {
public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T &operator*() & { return value(); }
  const T &operator*() const & { return const_cast<Result *>(this)->value(); }
  T &&operator*() && { return std::move(value()); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &const_cast<Result *>(this)->value(); }
  const Failure &failure() const {
    DLC_CHECK(state_.index() == 1) << "nothing failed";
    return *std::get_if<1>(&state_);
  }

private:
  T &value() {
    DLC_CHECK(state_.index() == 0) << std::get_if<1>(&state_)->message;
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Failure> state_;
};

/// Of what gives no value.
using Done = Result<std::monostate>;
inline Done done() { return std::monostate{}; }

/// For DLC_TRY and DLC_PASS_ON.
template <class T> const Failure &passOn(const Result<T> &failed) { return failed.failure(); }

} // namespace dlc::session
