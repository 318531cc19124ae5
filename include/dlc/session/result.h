// Result: what the functions of a session return, a value or the reason why there is none.
// User errors are not in it: they are findings of the net, with a place.
#pragma once

#include "dlc/support/try.h"
#include "dlc/support/value_or.h"

#include "absl/status/status.h"

#include <string>
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

inline const std::string &sayFailure(const Failure &failure) { return failure.message; }

template <class T> using Result = ValueOr<T, Failure>;

/// Of what gives no value.
using Done = Result<std::monostate>;
inline Done done() { return std::monostate{}; }

} // namespace dlc::session
