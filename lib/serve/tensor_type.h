// TensorType: the number types of the Open Inference Protocol, and how they lie in bytes.
// Tensors are read in tensors.cpp. Private to serve.
#pragma once

#include "dlc/serve/model.h"

#include "llvm/ADT/StringRef.h"

#include <cstddef>

namespace dlc::serve {

struct TensorType {
  llvm::StringLiteral name;
  size_t bytes;                      ///< of an element
  double (*element)(const char *at); ///< the element at these bytes, which are little-endian and not aligned
  double low = 0, high = 0;          ///< of whole numbers, `high` exclusive; both 0: any number
  bool whole() const { return low != high; }
};

/// Null if there is none: "FP32", "FP64", "INT32", "INT64" and "UINT8" there are.
const TensorType *findTensorType(llvm::StringRef name);
/// What the description of a model says of an input.
llvm::StringRef tensorTypeOf(const Model &model, const ModelInput &input);

} // namespace dlc::serve
