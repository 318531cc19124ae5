// What the pools of C channels of one length share: attributes, arguments, shape rule, and their way through an image
// one line high. It holds no op.
#pragma once

#include "pool.h"

namespace dlc::ops {

struct Pool1dAttrs {
  int64_t kernel = 1, stride = 1, padding = 0;
  static constexpr auto fields() {
    return std::array{field<&Pool1dAttrs::kernel>("kernel"), field<&Pool1dAttrs::stride>("stride"),
                      field<&Pool1dAttrs::padding>("padding")};
  }
  bool sound() const { return kernel >= 1 && stride >= 1 && padding >= 0; }
};

constexpr ArgSpec kPool1dArgs[] = {arg::size("kernel", "", "size of the window"), kPoolStride, kPoolPadding};

inline Value buildPool1d(LayerBuilder &b, llvm::StringRef layer, llvm::StringRef op) {
  const Shape &x = b.input.shape();
  if (x.size() != 3) {
    b.error("E233") << layer << " needs channels of one length (8x100), but its input is "
                    << shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
    return {};
  }
  Pool1dAttrs attrs;
  attrs.kernel = b.args.integer("kernel");
  auto padding = paddingArg(b, {attrs.kernel}, {1});
  if (!padding)
    return {};
  attrs.padding = padding->front();
  attrs.stride = b.args.word("stride") == "kernel" ? attrs.kernel : b.args.shape("stride").front();
  if (2 * attrs.padding > attrs.kernel) {
    b.error("E206").at("padding") << "the padding of a pool must be at most half its kernel, found " << attrs.padding
                                  << " for a kernel of " << attrs.kernel;
    return {};
  }
  return b.make(op, {b.input}, attrs);
}

inline void inferPool1d(OpView &op) {
  const Shape &x = op.shape(0);
  const auto &a = op.attrs<Pool1dAttrs>();
  if (x.size() != 3 || !a.sound()) {
    op.error("E233") << "a pool of channels needs [N,C,L], found " << op.type(0);
    return;
  }
  const int64_t length = windowCount(x[2], a.kernel, a.stride, a.padding);
  if (length < 1)
    op.error("E235").at("kernel") << "a window of " << a.kernel << " does not fit into a length of " << x[2];
  else
    op.result({op.type(0).dtype, {x[0], x[1], length}});
}

inline Values decomposePool1d(const Op &op, Builder &b, llvm::StringRef pool2d) {
  const Shape &x = op.operand(0).shape();
  const auto &a = op.attrs<Pool1dAttrs>();
  PoolAttrs attrs;
  attrs.kernel = {1, a.kernel}, attrs.stride = {1, a.stride}, attrs.padding = {0, a.padding};
  Value y = b.make(pool2d, {b.reshape(op.operand(0), {x[0], x[1], 1, x[2]})}, std::move(attrs));
  return {b.reshape(y, op.type().shape)};
}

} // namespace dlc::ops
