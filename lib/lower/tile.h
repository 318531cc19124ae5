// Joining two instructions: a map behind the map, gemm or conv that wrote what it reads, as one.
// Whether that may be done, and what it is good for, is decided in fuse.cpp.
#pragma once

#include "dlc/program/program.h"

#include "llvm/ADT/ArrayRef.h"

namespace dlc {

/// Elements of what a map writes, or a gemm or conv with an accumulator.
int64_t tileCount(const Instr &instr);

/// One instruction that does what both do, and of the producer's results writes only those in `kept`. The consumer is a
/// map that reads the producer's results element by element, if at all; the producer is a map or has an accumulator.
Instr joinInstrs(const Instr &producer, const Instr &consumer, llvm::ArrayRef<BufferId> kept);

} // namespace dlc
