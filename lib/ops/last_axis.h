// What ops that normalise over the last axis share.
// They differ in what they compute from its numbers.
#pragma once

#include "dlc/ir/graph.h"

namespace dlc::ops {

/// OpDef::heldTogether: the numbers of the last axis.
inline int64_t lastAxis(const Op &op) { return op.type().shape.back(); }

} // namespace dlc::ops
