// Transformations of Programs that lib/passes offers as passes: fuse and hoist.
// They speak of kernel families and buffers only, never of ops.
#pragma once

#include "dlc/program/program.h"

namespace dlc {

/// Fuses maps into the map or gemm that produces their input. Both return whether they changed anything, and record it
/// in program.remarks, if there is a list.
bool fuseProgram(Program &program);
/// Moves step-invariant work to init. With `packs`, weights are packed there as the kernels read them.
bool hoistProgram(Program &program, bool packs = true);

} // namespace dlc
