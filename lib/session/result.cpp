// What a status of the layers below means to the caller of a session.
// The statuses are documented where they are made.
#include "dlc/session/result.h"

#include "dlc/support/strings.h"

namespace dlc::session {

Failure Failure::ofEngine(const absl::Status &status) {
  const std::string message = ref(status.message()).str();
  switch (status.code()) {
  case absl::StatusCode::kInvalidArgument:
    return {Kind::Findings, ""};
  case absl::StatusCode::kFailedPrecondition:
    return {Kind::Options, message};
  case absl::StatusCode::kInternal:
    return {Kind::Bug, message};
  default:
    return {Kind::System, message};
  }
}

} // namespace dlc::session
