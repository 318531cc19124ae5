// A convolution of each channel by itself: conv2d with as many groups as channels.
// `multiplier` outputs come from each channel.
#include "convolution.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  if (!needsImage(b, "DepthwiseConv2d"))
    return {};
  int64_t channels = b.input.shape()[1], multiplier = b.args.integer("multiplier");
  const Shape &kernel = b.args.shape("kernel");
  Conv2dAttrs attrs;
  attrs.stride = b.args.shape("stride");
  auto padding = paddingArg(b, kernel, attrs.dilation);
  if (!padding)
    return {};
  attrs.padding = *padding, attrs.groups = channels;
  int64_t area = kernel[0] * kernel[1];
  Value weight = b.param("weight", {channels * multiplier, 1, kernel[0], kernel[1]},
                         convInit(b, area, multiplier * area), /*decay=*/true);
  return addBias(b, b.make("depthwise_conv2d", {b.input, weight}, std::move(attrs)));
}

void infer(OpView &op) {
  const Shape &x = op.shape(0), &w = op.shape(1);
  const auto &a = op.attrs<Conv2dAttrs>();
  if (x.size() != 4 || w.size() != 4 || !a.sound() || w[1] != 1 || a.groups != x[1] || w[0] % x[1]) {
    op.error("E232") << "depthwise_conv2d takes x [N,C,H,W] and weight [C*m,1,kh,kw] with C groups, found "
                     << op.type(0) << " and " << op.type(1);
    return;
  }
  if (!fitsKernels(op, a, {x[2], x[3]}, {w[2], w[3]}))
    return;
  int64_t oh = windowCount(x[2], w[2], a.stride[0], a.padding[0], a.dilation[0]);
  int64_t ow = windowCount(x[3], w[3], a.stride[1], a.padding[1], a.dilation[1]);
  if (oh < 1 || ow < 1)
    op.error("E235").at("kernel") << "a kernel of " << w[2] << "x" << w[3] << " does not fit into an image of " << x[2]
                                  << "x" << x[3] << " with padding " << shapeText(a.padding);
  else
    op.result({op.type(0).dtype, {x[0], w[0], oh, ow}});
}

Values decompose(const Op &op, Builder &b) {
  return {b.make("conv2d", {op.operand(0), op.operand(1)}, op.attrs<Conv2dAttrs>())};
}

constexpr ArgSpec kArgs[] = {arg::pair("kernel", "", "size of the window"),
                             kStrideArg,
                             kPaddingArg,
                             arg::size("multiplier", "1", "output channels per input channel").byKeyword(),
                             kConvBias,
                             kConvInit};

} // namespace

extern constexpr OpDef depthwise_conv2d =
    lawful({.name = "depthwise_conv2d",
            .role = Role::Layer,
            .layer = "DepthwiseConv2d",
            .doc = "Convolves each channel of an image separately.",
            .operands = {"x", "weight"},
            .attrs = attrTable<Conv2dAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"depthwise_conv2d(f32[2,3,6,7], f32[3,1,3,3]) {padding=[1,1], groups=3}",
                         "depthwise_conv2d(f32[1,2,7,6], f32[4,1,3,2]) {stride=[2,2], groups=2}"}});

} // namespace dlc::ops
