// Adds up the buffers of a plan, and words its refusal the same way wherever a plan is made.
// Sizes that no number holds are more than any limit.
#include "dlc/train/plan_size.h"

#include "dlc/support/strings.h"

#include <algorithm>
#include <string>

namespace dlc::train {

CheckedSize planBytes(const Program &program, unsigned threads) {
  CheckedSize bytes = CheckedSize::fromSigned(program.arena) + CheckedSize::fromSigned(program.scratch) * threads;
  for (const Buffer &buffer : program.buffers)
    if (buffer.role == BufferRole::Param || buffer.role == BufferRole::State || buffer.role == BufferRole::Input)
      bytes += buffer.type.bytes();
  return bytes;
}

absl::Status planFits(CheckedSize bytes, uint64_t limit) {
  if (bytes.fitsIn(limit))
    return absl::OkStatus();
  const std::string need = bytes.value() ? grouped(static_cast<int64_t>(std::min<uint64_t>(*bytes.value(), INT64_MAX)))
                                         : std::string("more than 18,446,744,073,709,551,615");
  return absl::ResourceExhaustedError(av("the plan needs " + need + " bytes, but " +
                                         grouped(static_cast<int64_t>(limit)) + " are allowed (--max-memory)"));
}

} // namespace dlc::train
