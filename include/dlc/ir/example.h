// Numbers for the examples of ops, which are documentation and test input at once.
// Their text is read by parseExample(), in text.h.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/tensor.h"

namespace dlc {

/// Numbers that suit the op: positive where it asks for that, whole ones where they are to be equal at times, indices
/// that are in range for any example. `stream` tells operands apart.
Tensor exampleNumbers(const OpDef &def, const Type &type, uint32_t stream);

} // namespace dlc
