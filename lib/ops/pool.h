// What the pooling ops share: attributes, shape rule, arguments, instruction, and a walk over the windows of an image.
// It holds no op.
#pragma once

#include "convolution.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {

struct PoolAttrs {
  Shape kernel{1, 1}, stride{1, 1}, padding{0, 0};
  Shape size; ///< of a gradient: x's height and width; empty otherwise
  static constexpr auto fields() {
    return std::array{field<&PoolAttrs::kernel>("kernel"), field<&PoolAttrs::stride>("stride"),
                      field<&PoolAttrs::padding>("padding"), field<&PoolAttrs::size>("size")};
  }
  bool sound() const {
    auto pair = [](const Shape &s, int64_t least) { return s.size() == 2 && s[0] >= least && s[1] >= least; };
    return pair(kernel, 1) && pair(stride, 1) && pair(padding, 0) && (size.empty() || pair(size, 1));
  }
};

constexpr ArgSpec kPoolKernel = arg::pair("kernel", "", "size of the window");
constexpr ArgSpec kPoolStride =
    arg::pair("stride", "kernel", "step from one window to the next; the kernel size by default").orWord("kernel");
constexpr ArgSpec kPoolPadding =
    arg::pair("padding", "0", "rows and columns added on each side, at most half the kernel; same: half the kernel")
        .from(0)
        .orWord("same")
        .byKeyword();
constexpr ArgSpec kPoolArgs[] = {kPoolKernel, kPoolStride, kPoolPadding};

inline Value buildPool(LayerBuilder &b, llvm::StringRef layer, llvm::StringRef op) {
  if (!needsImage(b, layer))
    return {};
  PoolAttrs attrs;
  attrs.kernel = b.args.shape("kernel");
  auto padding = paddingArg(b, attrs.kernel, {1, 1});
  if (!padding)
    return {};
  attrs.padding = *padding;
  attrs.stride = b.args.word("stride") == "kernel" ? attrs.kernel : b.args.shape("stride");
  for (size_t d = 0; d < 2; ++d)
    if (2 * attrs.padding[d] > attrs.kernel[d]) {
      b.error("E206").at("padding") << "the padding of a pool must be at most half its kernel, found "
                                    << shapeText(attrs.padding) << " for a kernel of " << shapeText(attrs.kernel);
      return {};
    }
  return b.make(op, {b.input}, std::move(attrs));
}

inline void inferPool(OpView &op) {
  const Shape &x = op.shape(0);
  const auto &a = op.attrs<PoolAttrs>();
  if (x.size() != 4 || !a.sound()) {
    op.error("E233") << "a pool needs an image [N,C,H,W], found " << op.type(0);
    return;
  }
  int64_t oh = windowCount(x[2], a.kernel[0], a.stride[0], a.padding[0]);
  int64_t ow = windowCount(x[3], a.kernel[1], a.stride[1], a.padding[1]);
  if (oh < 1 || ow < 1)
    op.error("E235").at("kernel") << "a window of " << shapeText(a.kernel) << " does not fit into an image of " << x[2]
                                  << "x" << x[3];
  else
    op.result({op.type(0).dtype, {x[0], x[1], oh, ow}});
}

/// Calls f(o, e) for every window o and every element e of the image in it, both counted through all planes, windows
/// and elements in row order.
template <class F> void eachWindowElement(const PoolAttrs &a, const Shape &x, const Shape &y, F f) {
  for (int64_t o = 0; o < elementCount(y); ++o) {
    int64_t plane = o / (y[2] * y[3]), p = o / y[3] % y[2] * a.stride[0] - a.padding[0];
    int64_t q = o % y[3] * a.stride[1] - a.padding[1];
    for (int64_t i = std::max<int64_t>(p, 0); i < std::min(p + a.kernel[0], x[2]); ++i)
      for (int64_t j = std::max<int64_t>(q, 0); j < std::min(q + a.kernel[1], x[3]); ++j)
        f(static_cast<size_t>(o), static_cast<size_t>((plane * x[2] + i) * x[3] + j));
  }
}

inline void lowerPool(const Op &op, Emitter &e, kernels::PoolOp f, const Shape &x, const Shape &y) {
  const auto &a = op.attrs<PoolAttrs>();
  llvm::SmallVector<BufferId, 2> reads;
  for (Value operand : op.operands())
    reads.push_back(e.buffer(operand));
  e.append(op, poolInstr,
           Attrs::of(PoolInstrAttrs{f, x[0] * x[1], {x[2], x[3]}, {y[2], y[3]}, a.kernel, a.stride, a.padding}), reads,
           {e.define(op.result())});
}

} // namespace dlc::ops
