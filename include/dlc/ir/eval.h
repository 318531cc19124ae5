// Eval: what an op's reference() sees: operand tensors in, zeroed result tensors out.
// References are plain loops; speed is no concern of theirs, the order of every sum is.
#pragma once

#include "dlc/support/tensor.h"

#include "llvm/ADT/SmallVector.h"

namespace dlc {

struct Eval {
  llvm::SmallVector<const Tensor *, 4> in;
  llvm::SmallVector<Tensor *, 2> out;
  /// For `assign` and `output`, the interpreter keeps the operand; see Interpreter.
  const Type &inType(size_t i) const { return in[i]->type(); }
};

/// Calls f with a value of the element type: dispatchFloat(dtype, [&](auto zero) { using T = decltype(zero); ... }).
template <class F> decltype(auto) dispatchFloat(DType dtype, F &&f) {
  DLC_CHECK(isFloat(dtype)) << "needs a floating-point dtype";
  if (dtype == DType::F64)
    return f(double{});
  return f(float{});
}

} // namespace dlc
