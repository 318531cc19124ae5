// SIGINT, SIGTERM, SIGXCPU (as SIGTERM) and SIGHUP as questions that a loop asks between two steps.
// A second SIGINT or SIGTERM does not wait for the answer, and a signal that is ignored stays so.
#pragma once

#include <csignal>
#include <cstddef>

namespace dlc::tool {

/// Takes the signals over for as long as it lives, and gives them back; one at a time.
class StopSignal {
public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal &) = delete;
  StopSignal &operator=(const StopSignal &) = delete;
  /// SIGINT or SIGTERM, or 0.
  int stop() const;
  /// Whether SIGHUP came since the last question.
  bool save();

private:
  static constexpr size_t kSignals = 4;
  struct sigaction before_[kSignals];
};

} // namespace dlc::tool
