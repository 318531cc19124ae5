// What the layers of sequences share: the check of their input, and cutting a sequence into steps and joining it again.
// It holds no op.
#pragma once

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/kernels/kernels.h"

#include <vector>

namespace dlc::ops {

/// split: into so many equal parts.
struct SplitAttrs {
  int64_t axis = 0, parts = 1;
  static constexpr auto fields() {
    return std::array{field<&SplitAttrs::axis>("axis"), field<&SplitAttrs::parts>("parts")};
  }
};

/// E238 unless the value is a sequence [N,T,D].
inline bool needsSequence(LayerBuilder &b, llvm::StringRef layer) {
  const Shape &x = b.input.shape();
  if (x.size() == 3)
    return true;
  b.error("E238") << layer << " needs a sequence T x D, but its input is " << (x.size() == 2 ? "a vector of " : "")
                  << shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
  return false;
}

/// The equal parts of a value along an axis.
inline Values splitInto(Builder &b, Value x, int64_t axis, int64_t parts) {
  Op *op = b.makeOp("split", {x}, Attrs::of(SplitAttrs{axis, parts}));
  Values result;
  for (unsigned i = 0; i < static_cast<unsigned>(parts); ++i)
    result.push_back(op->result(i));
  return result;
}

/// All parts one after the other; as many as there are, where one concat takes kernels::kMaxConcat of them.
inline Value joined(Builder &b, llvm::ArrayRef<Value> parts, int64_t axis) {
  if (parts.size() == 1)
    return parts[0];
  if (parts.size() <= kernels::kMaxConcat)
    return b.make("concat", parts, AxisAttrs{axis});
  std::vector<Value> longer;
  for (; !parts.empty(); parts = parts.drop_front(std::min<size_t>(parts.size(), kernels::kMaxConcat)))
    longer.push_back(joined(b, parts.take_front(kernels::kMaxConcat), axis));
  return joined(b, longer, axis);
}

/// The initialiser that the layer's `init` argument names, or else that of [train].
inline Init layerInit(LayerBuilder &b, int64_t fanIn, int64_t fanOut) {
  return {b.args.given("init") ? b.args.word("init").str() : b.init, fanIn, fanOut};
}

constexpr ArgSpec kSequenceInit =
    arg::init("init", "He", "initialiser of the weights; the default is init of [train]").byKeyword();

} // namespace dlc::ops
