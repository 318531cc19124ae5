// The memory planner: places in one arena for buffers that live for a stretch of the program each.
// The core is a pure function over sizes and live ranges; planProgram() applies it to a Program.
#pragma once

#include "dlc/program/program.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace dlc {

/// Every buffer starts at a multiple of this many bytes: a cache line, and a whole vector.
inline constexpr int64_t kBufferAlign = 64;

struct PlanItem {
  int64_t size = 0; ///< bytes
  int64_t align = kBufferAlign;
  LiveRange live;
};

struct Placement {
  std::vector<int64_t> offsets; ///< by item
  int64_t arena = 0;            ///< bytes
  int64_t peakLive = 0;         ///< the most bytes live at one position, sizes rounded up to their alignment
  llvm::StringRef order;        ///< in which the items were placed: the best of several
};

/// Items whose live ranges overlap do not overlap in memory. Deterministic.
Placement placeItems(llvm::ArrayRef<PlanItem> items);

/// The most bytes of scratch that any of the kernels asks for, a multiple of kBufferAlign; the instructions are sound.
int64_t scratchOf(const Program &program);

/// Fills in live ranges, offsets, arena and scratch. Results take over the bytes of operands where they can
/// (InstrDef::inPlace); where an operand of the right size could not be taken over, the instruction's note says why.
void planProgram(Program &program);

} // namespace dlc
