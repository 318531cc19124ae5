// Chooses the code for an unreadable file: the user's error or the system's.
// The message is the system's.
#pragma once

#include "dlc/support/diag_code.h"

#include "absl/status/status.h"

#include <system_error>

namespace dlc::data {

/// E301 for what can be put right by naming another file or changing its rights; E311 for what the system refuses (no
/// descriptors, no memory, a failing disk).
inline ErrorCode codeOfRefusal(absl::StatusCode code) {
  switch (code) {
  case absl::StatusCode::kNotFound:
  case absl::StatusCode::kPermissionDenied:
  case absl::StatusCode::kFailedPrecondition: // a folder, or a file used as one
  case absl::StatusCode::kInvalidArgument:    // no possible name
    return "E301";
  default:
    return "E311";
  }
}
inline ErrorCode codeOfRefusal(const absl::Status &status) { return codeOfRefusal(status.code()); }
inline ErrorCode codeOfRefusal(std::error_code error) { return codeOfRefusal(absl::ErrnoToStatusCode(error.value())); }

} // namespace dlc::data
