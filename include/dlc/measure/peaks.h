// What this machine can do at its best: arithmetic and memory, to hold the time of a net against.
// Nothing of dlc's kernels is measured here.
#pragma once

#include "dlc/support/type.h"

#include "llvm/ADT/StringRef.h"

#include <string>

namespace dlc::measure {

/// All threads together. A multiply-add counts as two operations; a byte that is read counts as much as one that is
/// written.
struct Machine {
  double f32 = 0, f64 = 0;   ///< operations a second
  double bytesPerSecond = 0; ///< to and from memory, past all caches
  double operations(DType dtype) const { return dtype == DType::F64 ? f64 : f32; }
};

/// Measures for some tenths of a second: chains of fused multiply-adds in the widest registers, and copies between
/// blocks of memory that no cache of one core holds. The best of several tries, since others only slow it down.
Machine measureMachine(unsigned threads);

/// The best that was ever seen here: what `folder` remembers under the processor's name and the number of threads, or a
/// new measurement where that is better, since others may have had the machine the last time. An empty folder remembers
/// nothing, and one that cannot be written is no error.
Machine machineFor(unsigned threads, llvm::StringRef folder);

/// $XDG_CACHE_HOME/dlc or ~/.cache/dlc; "" where neither is known.
std::string cacheFolder();

} // namespace dlc::measure
