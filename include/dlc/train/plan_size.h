// The memory that a plan takes, and its refusal.
// Nothing is planned here, and nothing allocated.
#pragma once

#include "dlc/program/program.h"
#include "dlc/support/checked_size.h"

#include "absl/status/status.h"

namespace dlc::train {

/// Bytes of a planned program: its arena, the scratch memory of `threads` threads, and what lies outside the arena.
CheckedSize planBytes(const Program &program, unsigned threads);
/// ResourceExhausted where `bytes` are more than `limit`.
absl::Status planFits(CheckedSize bytes, uint64_t limit);

} // namespace dlc::train
