// The transposed convolution: what conv2d's gradient does to dy, used as a layer that makes images larger.
// Its weight is [in, out, kh, kw].
#include "convolution.h"

namespace dlc::ops {
namespace {

/// Attrs: stride, padding, and size = the result's height and width.
int64_t outSize(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t extra) {
  return (in - 1) * stride - 2 * padding + kernel + extra;
}

Value build(LayerBuilder &b) {
  if (!needsImage(b, "ConvTranspose2d"))
    return {};
  const Shape &x = b.input.shape(), &kernel = b.args.shape("kernel"), &extra = b.args.shape("output_padding");
  int64_t out = b.args.integer("out");
  Conv2dAttrs attrs;
  attrs.stride = b.args.shape("stride");
  auto padding = paddingArg(b, kernel, attrs.dilation);
  if (!padding)
    return {};
  attrs.padding = *padding;
  for (size_t d = 0; d < 2; ++d) {
    if (extra[d] >= attrs.stride[d]) {
      b.error("E206").at("output_padding") << "output_padding must be less than the stride, found " << shapeText(extra)
                                           << " for a stride of " << shapeText(attrs.stride);
      return {};
    }
    attrs.size.push_back(outSize(x[d + 2], kernel[d], attrs.stride[d], attrs.padding[d], extra[d]));
  }
  int64_t area = kernel[0] * kernel[1];
  Value weight = b.param("weight", {x[1], out, kernel[0], kernel[1]}, convInit(b, x[1] * area, out * area),
                         /*decay=*/true);
  return addBias(b, b.make("conv_transpose2d", {b.input, weight}, std::move(attrs)));
}

void infer(OpView &op) {
  const Shape &x = op.shape(0), &w = op.shape(1);
  const auto &a = op.attrs<Conv2dAttrs>();
  if (x.size() != 4 || w.size() != 4 || a.size.size() != 2 || w[0] != x[1] || a.groups != 1) {
    op.error("E232") << "conv_transpose2d takes x [N,C,H,W] and weight [C,O,kh,kw], found " << op.type(0) << " and "
                     << op.type(1);
    return;
  }
  bool fits = a.sound();
  if (fits && !fitsKernels(op, a, a.size, {w[2], w[3]}))
    return;
  for (size_t d = 0; d < 2 && fits; ++d)
    fits = windowCount(a.size[d], w[d + 2], a.stride[d], a.padding[d], a.dilation[d]) == x[d + 2];
  if (!fits)
    op.error("E235").at("padding") << "a kernel of " << w[2] << "x" << w[3] << " with padding " << shapeText(a.padding)
                                   << " leaves nothing of an image of " << x[2] << "x" << x[3];
  else
    op.result({op.type(0).dtype, {x[0], w[1], a.size[0], a.size[1]}});
}

Values decompose(const Op &op, Builder &b) {
  return {b.make("conv2d_grad_input", {op.operand(0), op.operand(1)}, op.attrs<Conv2dAttrs>())};
}

constexpr ArgSpec kArgs[] = {
    arg::size("out", "", "number of output channels"),
    arg::pair("kernel", "", "size of the window"),
    kStrideArg,
    kPaddingArg,
    arg::pair("output_padding", "0", "rows and columns added at the bottom and right; less than the stride")
        .from(0)
        .byKeyword(),
    kConvBias,
    kConvInit};

} // namespace

extern constexpr OpDef conv_transpose2d =
    lawful({.name = "conv_transpose2d",
            .role = Role::Layer,
            .layer = "ConvTranspose2d",
            .doc = "Transposed convolution: spreads each pixel over a window of the result.",
            .operands = {"x", "weight"},
            .attrs = attrTable<Conv2dAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"conv_transpose2d(f32[2,3,4,3], f32[3,2,3,3]) {stride=[2,2], padding=[1,1], size=[8,6]}",
                         "conv_transpose2d(f32[1,2,3,5], f32[2,4,2,3]) {size=[4,7]}"}});

} // namespace dlc::ops
