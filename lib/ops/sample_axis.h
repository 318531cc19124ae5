// The argument `axis` of layers: which axis of a sample, the batch not counted.
// Attributes of ops count all dimensions; nothing here is used below the layers.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/strings.h"

#include <cmath>

namespace dlc::ops {

/// The dimension (batch counted) of `b.input` that the argument `axis` of `layer` names, where negative axes are
/// counted from the last; nothing after E203 or E205.
inline std::optional<int64_t> sampleAxis(LayerBuilder &b, llvm::StringRef layer) {
  const auto rank = static_cast<int64_t>(b.input.shape().size()) - 1;
  const double written = b.args.number("axis");
  if (written != std::trunc(written)) {
    b.error("E203").at("axis") << "'axis' of " << layer << " takes a whole number, found " << shortNumber(written);
    return std::nullopt;
  }
  const double axis = written < 0 ? written + static_cast<double>(rank) : written;
  if (axis < 0 || axis >= static_cast<double>(rank)) {
    b.error("E206").at("axis") << layer << " along axis " << shortNumber(written) << " of a value with " << rank
                               << (rank == 1 ? " axis" : " axes");
    return std::nullopt;
  }
  return static_cast<int64_t>(axis) + 1;
}

/// `op`, which works along the last dimension, along the axis that the argument names: moved there and back.
inline Value alongSampleAxis(LayerBuilder &b, llvm::StringRef layer, llvm::StringRef op) {
  const auto last = static_cast<int64_t>(b.input.shape().size()) - 1;
  const auto at = sampleAxis(b, layer);
  if (!at)
    return {};
  if (*at == last)
    return b.make(op, {b.input});
  Shape swap;
  for (int64_t d = 0; d <= last; ++d)
    swap.push_back(d == *at ? last : d == last ? *at : d);
  return b.transpose(b.make(op, {b.transpose(b.input, swap)}), swap);
}

} // namespace dlc::ops
