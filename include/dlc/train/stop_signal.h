// SIGINT, SIGTERM and SIGHUP as questions that a loop asks between two steps.
// A second SIGINT or SIGTERM does not wait for the answer.
#pragma once

namespace dlc::train {

/// Takes the three signals over for as long as it lives; one at a time.
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
};

} // namespace dlc::train
