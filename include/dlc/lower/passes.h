// The passes over Programs: fuse, hoist, plan. They are the tail of a pipeline string, after "lower".
// They speak of kernel families and buffers only, never of ops.
#pragma once

#include "dlc/program/program.h"

#include "llvm/ADT/ArrayRef.h"

namespace dlc {

struct ProgramPass {
  llvm::StringLiteral name;
  llvm::StringLiteral doc; ///< one sentence
  /// Whether it changed anything. What it did, and why it did not do more, goes into program.remarks, if there is a
  /// list.
  bool (*run)(Program &);
};

/// In pipeline order.
llvm::ArrayRef<const ProgramPass *> allProgramPasses();
const ProgramPass *findProgramPass(llvm::StringRef name);

bool fuseProgram(Program &program);  ///< maps join the map or gemm that wrote what they read
bool hoistProgram(Program &program); ///< what gives the same in every step moves to init; weights are packed there

} // namespace dlc
