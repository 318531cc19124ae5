// What the norms share: sqrt(mean(d^2) + eps) along axes, for numbers of any size.
// The mean that is subtracted before, where one is, belongs to each of them.
#pragma once

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

#include <cmath>

namespace dlc::ops {

/// sqrt(m^2 + eps), where m is not negative.
inline Value withEpsilon(Builder &b, Value m, double eps) {
  // Far above sqrt(eps) the root is m; below, no square overflows, and one that underflows adds nothing to eps.
  constexpr double kFar = 1e15, kLeast = 1e-25, kMost = 1;
  if (eps < kLeast || eps > kMost)
    return b.make("hypot", {m, b.scalar(std::sqrt(eps), m)});
  Value root = b.sqrt(b.add(b.mul(m, m), b.scalar(eps, m)));
  return b.select(b.greater(m, b.scalar(kFar, m)), m, root);
}

/// sqrt(mean(d^2) + eps) over the axes, which stay with size 1. No square is ever formed that could overflow.
inline Value rootMeanSquare(Builder &b, Value d, llvm::ArrayRef<int64_t> axes, double eps) {
  double count = 1;
  for (int64_t axis : axes)
    count *= static_cast<double>(d.shape()[static_cast<size_t>(axis)]);
  Value norm = b.make("norm", {d}, ReduceAttrs{Shape(axes.begin(), axes.end()), true});
  return withEpsilon(b, b.mul(norm, b.scalar(1 / std::sqrt(count), d)), eps);
}

} // namespace dlc::ops
