// What passes over Programs share: who writes and reads a buffer, and whether two instructions may change places.
// Private to lib/lower.
#pragma once

#include "dlc/program/program.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {

inline bool touches(llvm::ArrayRef<BufferId> a, llvm::ArrayRef<BufferId> b) {
  return llvm::any_of(a, [&](BufferId id) { return llvm::is_contained(b, id); });
}

/// Whether the order of two instructions matters.
inline bool conflict(const Instr &a, const Instr &b) {
  return touches(a.writes, b.reads) || touches(a.writes, b.writes) || touches(a.reads, b.writes);
}

/// Removes temps and consts that no instruction names any more.
void dropUnusedBuffers(Program &program);

} // namespace dlc
