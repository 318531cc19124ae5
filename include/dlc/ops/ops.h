// The list of all ops, one for each file of lib/ops.
// It is handed to a Registry; nothing looks ops up here.
#pragma once

#include "dlc/ir/op_def.h"

namespace dlc::ops {

/// In order of their file names; satellites are inside their op's `also`.
llvm::ArrayRef<const OpDef *> all();

} // namespace dlc::ops
