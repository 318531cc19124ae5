// What the operating system said about a file, as a status.
// Private to support, which alone reads and writes files.
#pragma once

#include "dlc/support/strings.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include <cstring>

namespace dlc::support {

inline absl::Status systemError(llvm::StringRef path, int error) {
  return absl::Status(absl::ErrnoToStatusCode(error), absl::StrCat(av(path), ": ", std::strerror(error)));
}

} // namespace dlc::support
