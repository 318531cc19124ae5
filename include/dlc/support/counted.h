// "1 sample", "2 samples": numbers of things in messages.
// It groups no digits; grouped() does.
#pragma once

#include <cstdint>
#include <string>

namespace dlc {

/// `several` where it is not `what` with an s behind it.
inline std::string counted(uint64_t count, const std::string &what, const std::string &several = "") {
  return std::to_string(count) + " " + (count == 1 ? what : several.empty() ? what + "s" : several);
}

} // namespace dlc
