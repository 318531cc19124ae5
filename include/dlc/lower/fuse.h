// Transformations of Programs that lib/passes offers as passes: fuse and hoist.
// They speak of kernel families and buffers only, never of ops.
#pragma once

#include "dlc/program/program.h"

namespace dlc {

/// Maps join the map or gemm that wrote what they read. Both return whether they changed anything, and write what they
/// did into program.remarks, if there is a list.
bool fuseProgram(Program &program);
/// What gives the same in every step moves to init; weights are packed there.
bool hoistProgram(Program &program);

} // namespace dlc
