// Replaces a composite op by what it is made of.
// Which ops to expand is the caller's choice: the pass `expand`, autodiff, the interpreter.
#pragma once

#include "dlc/ir/op_def.h"

namespace dlc {

/// `op` must have decompose(); it is erased, its readers read the parts' results, which have the same types.
/// The new ops carry the op's origin. Returns the first new op (or the op that followed, if there is none).
void expandOp(Graph &graph, Op &op, const Registry &registry);

} // namespace dlc
