// What the pools over all places share: the check of their input.
// It holds no op and no windows.
#pragma once

#include "pool.h"

namespace dlc::ops {

/// E233 unless the value has channels and places: an image [N,C,H,W], or channels of one length [N,C,L].
inline bool needsPlaces(LayerBuilder &b, llvm::StringRef layer) {
  const Shape &x = b.input.shape();
  if (x.size() == 3 || x.size() == 4)
    return true;
  b.error("E233").help(imageHelp(b, layer))
      << layer << " needs an image or a sequence, but its input is " << (x.size() == 2 ? "a vector of " : "")
      << shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
  return false;
}

} // namespace dlc::ops
