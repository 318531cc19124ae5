// What losses of classes share: the check of their operands.
// Their formulas are in their own files.
#pragma once

#include "dlc/ir/op_def.h"

namespace dlc::ops {

/// E270 unless the operands of `op` are scores [N,C] and i32[N] classes; `loss` is its name in the language.
inline bool fitsClasses(OpView &op, llvm::StringRef loss) {
  const Shape &x = op.shape(0);
  if (x.size() == 2 && op.type(1) == Type{DType::I32, {x[0]}})
    return true;
  op.error("E270") << loss << " takes scores [N,C] and i32[N] classes, found " << op.type(0) << " and " << op.type(1);
  return false;
}

} // namespace dlc::ops
