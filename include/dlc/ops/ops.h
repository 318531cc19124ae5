// The ops: one for each file of lib/ops, and one for each element-wise micro-operation.
// They are handed to a Registry; nothing looks ops up here.
#pragma once

#include "dlc/ir/op_def.h"

namespace dlc::ops {

/// In order of their file names; satellites are inside their op's `also`.
llvm::ArrayRef<const OpDef *> files();
/// In the order of the micro-operations.
llvm::ArrayRef<const OpDef *> elementwisePrimitives();
/// All of them.
inline llvm::SmallVector<const OpDef *, 0> all() {
  llvm::SmallVector<const OpDef *, 0> list(files());
  list.append(elementwisePrimitives().begin(), elementwisePrimitives().end());
  return list;
}

} // namespace dlc::ops
