// The registry of all ops, as the tests of ops and passes look them up.
// Tests of the registry itself make their own.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/ops/ops.h"

namespace dlc {

inline const Registry &registry() {
  static const Registry all(ops::all());
  return all;
}

} // namespace dlc
