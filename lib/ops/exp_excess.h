// What log_softmax and cross_entropy share: the sum of exponentials without the 1 that the largest adds to it.
// The kernels do the same in one pass; see RowsOp in dlc/kernels/kernels.h.
#pragma once

#include "dlc/ir/op_def.h"

namespace dlc::ops {

/// sum(e) - 1 along the last axis, kept with size 1, for e = exp(z) and rows of z whose largest is 0. The 1 is never
/// added and taken away again, so a small rest has all its digits.
inline Value expExcess(Builder &b, Value z, Value e) {
  auto axis = static_cast<int64_t>(z.shape().size()) - 1;
  Value zero = b.scalar(0, z), largest = b.make("equal", {z, zero});
  Value others = b.sum(b.select(largest, zero, e), {axis}, true);
  return b.add(others, b.sub(b.sum(largest, {axis}, true), b.scalar(1, z)));
}

} // namespace dlc::ops
