// The exit codes of the program and what they mean.
// Those of diagnostics are in diagnostics.def and agree with these.
#pragma once

namespace dlc::tool {

enum ExitCode : int {
  kDone = 0,
  kCheckFailed = 1, ///< a test, or a score outside --min/--max
  kUsage = 2,
  kSourceError = 3,
  kDataError = 4,
  kModelError = 5,
  kNumericError = 6,
  kSystemError = 7,
  kBug = 70,
  kInterrupted = 130,
  kTerminated = 143,
};

} // namespace dlc::tool
