// Implements numbers for examples.
// They are the same on every machine.
#include "dlc/ir/example.h"

#include "dlc/ir/exact_math.h"

#include <cmath>

namespace dlc {

Tensor exampleNumbers(const OpDef &def, const Type &type, uint32_t stream) {
  Tensor tensor(type);
  if (type.dtype == DType::I32) {
    int32_t next = 0;
    for (int32_t &x : tensor.span<int32_t>())
      x = next++ % 3;
    return tensor;
  }
  dispatchFloat(type.dtype, [&](auto zero) {
    using T = decltype(zero);
    uint64_t e = 0;
    for (T &x : tensor.span<T>()) {
      T u = exactUniform<T>(5, stream, 0, e++);
      x = def.wantsTies ? std::floor(T(3) * u) : def.positive ? T(0.05) + T(0.9) * u : T(8) * u - T(4);
    }
  });
  return tensor;
}

} // namespace dlc
