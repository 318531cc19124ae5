// Results that need not go through a buffer of their own.
// Joining what computes them is fuse.
#pragma once

#include "dlc/program/program.h"

namespace dlc {

/// A temp that is copied into a buffer which nobody else writes, and whose old value nobody reads between, is that
/// buffer from the beginning. Whether there was one.
bool forwardCopies(Program &program);

} // namespace dlc
