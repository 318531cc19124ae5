// What the convolutions share: their attributes, output sizes, and the checks of kernel, padding and groups.
// It holds no op and no loop.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/program/instrs.h"

#include "llvm/ADT/Twine.h"

#include <cmath>

namespace dlc::ops {

/// Pairs are height and width.
struct Conv2dAttrs {
  Shape stride{1, 1}, padding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
  Shape size; ///< of what a gradient is for: x's height and width, or the kernel's; empty for conv2d itself
  static constexpr auto fields() {
    return std::array{field<&Conv2dAttrs::stride>("stride"), field<&Conv2dAttrs::padding>("padding"),
                      field<&Conv2dAttrs::dilation>("dilation"), field<&Conv2dAttrs::groups>("groups"),
                      field<&Conv2dAttrs::size>("size")};
  }
  /// Two sizes each, none below its least.
  bool sound() const {
    auto pair = [](const Shape &s, int64_t least) { return s.size() == 2 && s[0] >= least && s[1] >= least; };
    return pair(stride, 1) && pair(padding, 0) && pair(dilation, 1) && groups >= 1 && (size.empty() || pair(size, 1));
  }
};

/// floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1; 0 or less where the kernel does not fit.
inline int64_t windowCount(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation = 1) {
  int64_t room = in + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

/// What the kernels' offsets can hold: E208, and false, beyond it. The verifier of conv has the same limits, for
/// programs that come from elsewhere.
inline bool fitsKernels(OpView &op, const Conv2dAttrs &a, llvm::ArrayRef<int64_t> image,
                        llvm::ArrayRef<int64_t> kernel) {
  constexpr int64_t kMostLines = 1 << 24, kMostReach = 1 << 15;
  bool fits = true;
  for (size_t d = 0; d < 2; ++d)
    fits &= image[d] <= kMostLines && a.stride[d] <= kMostReach && a.padding[d] <= kMostReach &&
            kernel[d] <= kMostReach / a.dilation[d];
  if (!fits)
    op.error("E208") << "a convolution takes images of at most " << kMostLines << " lines and columns, and a stride, a "
                     << "padding and a kernel (times its dilation) of at most " << kMostReach;
  return fits;
}

/// What makes an image of a value that is none: the channel that is missing, or the sides of a square image of one
/// channel or three; "" where its sizes do not say.
inline std::string imageHelp(const LayerBuilder &b, llvm::StringRef layer) {
  const Shape &x = b.input.shape();
  const bool isInput = b.input.op->attrsIf<InputAttrs>() != nullptr;
  if (x.size() == 3 && !isInput) { // a sequence: as an image, its channels would be a side
    llvm::StringRef plain = layer;
    const std::string sibling = plain.consume_back("2d") ? (plain + "1d").str() : "";
    return b.registry().findLayer(sibling, Role::Layer) ? "for sequences write " + sibling
                                                        : "an image has channels, height and width: 3x32x32";
  }
  std::string image;
  if (x.size() == 3)
    image = "1x" + shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
  for (int64_t channels : {1, 3})
    if (x.size() == 2 && x[1] % channels == 0) {
      const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(x[1] / channels))));
      if (side > 1 && side * side == x[1] / channels)
        image = shapeText(Shape{channels, side, side});
    }
  if (image.empty())
    return "an image has channels, height and width: 3x32x32";
  // A vector may be what the data hold; an input of two sizes was meant to be an image.
  return x.size() == 3 ? "write " + image : "put -> Reshape(" + image + ") before it";
}

/// E233 unless the value is an image [N,C,H,W].
inline bool needsImage(LayerBuilder &b, llvm::StringRef layer) {
  const Shape &x = b.input.shape();
  if (x.size() == 4)
    return true;
  b.error("E233").help(imageHelp(b, layer))
      << layer << " needs an image, but its input is " << (x.size() == 2 ? "a vector of " : "")
      << shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
  return false;
}

/// The padding argument: a pair, or `same`, (kernel - 1) * dilation / 2 on each side (E234 for an even kernel).
inline std::optional<Shape> paddingArg(LayerBuilder &b, const Shape &kernel, const Shape &dilation) {
  if (b.args.word("padding") != "same")
    return b.args.shape("padding");
  Shape padding;
  for (size_t d = 0; d < kernel.size(); ++d) {
    if (kernel[d] % 2 == 0) {
      b.error("E234").at("padding").help("use an odd kernel, or write the padding as a number")
          << "padding=same needs an odd kernel, found " << shapeText(kernel);
      return std::nullopt;
    }
    padding.push_back((kernel[d] - 1) / 2 * dilation[d]);
  }
  return padding;
}

/// The instruction's attributes for x, y and weight of a convolution.
inline ConvInstrAttrs convInstrAttrs(kernels::ConvOp op, const Conv2dAttrs &attrs, const Shape &x, const Shape &y,
                                     llvm::ArrayRef<int64_t> kernel) {
  ConvInstrAttrs a;
  a.op = op;
  a.n = x[0], a.groups = attrs.groups, a.ci = x[1] / attrs.groups, a.co = y[1] / attrs.groups;
  a.x = {x[2], x[3]}, a.y = {y[2], y[3]}, a.kernel = {kernel[0], kernel[1]};
  a.stride = attrs.stride, a.padding = attrs.padding, a.dilation = attrs.dilation;
  return a;
}

constexpr ArgSpec kStrideArg = arg::pair("stride", "1", "step from one window to the next").byKeyword();
constexpr ArgSpec kPaddingArg = arg::pair("padding", "0", "zeros on each side; same: (kernel - 1) * dilation / 2")
                                    .from(0)
                                    .orWord("same")
                                    .byKeyword();
constexpr ArgSpec kDilationArg = arg::pair("dilation", "1", "distance between taps of the kernel").byKeyword();
constexpr ArgSpec kGroupsArg = arg::size("groups", "1", "number of independent groups of channels").byKeyword();
constexpr ArgSpec kConvBias = arg::flag("bias", "true", "add a bias to each output channel").byKeyword();
constexpr ArgSpec kConvInit =
    arg::init("init", "He", "initialiser of the weight; the default is init of [train]").byKeyword();

inline Init convInit(LayerBuilder &b, int64_t fanIn, int64_t fanOut) {
  return {b.args.given("init") ? b.args.word("init").str() : b.init, fanIn, fanOut};
}

/// y + bias over the channels of an image, with a parameter that starts at zero; y itself without a bias.
inline Value addBias(LayerBuilder &b, Value y) {
  if (!y || !b.args.flag("bias"))
    return y;
  int64_t channels = y.shape()[1];
  return b.add(y, b.reshape(b.param("bias", {channels}, Init::zeros()), {channels, 1, 1}));
}

} // namespace dlc::ops
