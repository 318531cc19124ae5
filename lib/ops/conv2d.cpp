// The two-dimensional convolution (cross-correlation with zero padding), and its two gradients as ops beside it.
// The bias is an add of its own, which the epilogue of the kernel takes in.
#include "convolution.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

#include <cmath>

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  if (!needsImage(b, "Conv2d"))
    return {};
  int64_t in = b.input.shape()[1], out = b.args.integer("out");
  const Shape &kernel = b.args.shape("kernel");
  Conv2dAttrs attrs;
  attrs.stride = b.args.shape("stride"), attrs.dilation = b.args.shape("dilation");
  attrs.groups = b.args.integer("groups");
  auto padding = paddingArg(b, kernel, attrs.dilation);
  if (!padding)
    return {};
  attrs.padding = *padding;
  if (in % attrs.groups || out % attrs.groups) {
    b.error("E236").at("groups") << in << " channels in and " << out << " out do not divide into " << attrs.groups
                                 << " groups";
    return {};
  }
  int64_t area = kernel[0] * kernel[1];
  Value weight = b.param("weight", {out, in / attrs.groups, kernel[0], kernel[1]},
                         convInit(b, in / attrs.groups * area, out / attrs.groups * area), /*decay=*/true);
  return addBias(b, b.make("conv2d", {b.input, weight}, std::move(attrs)));
}

void infer(OpView &op) {
  const Shape &x = op.shape(0), &w = op.shape(1);
  const auto &a = op.attrs<Conv2dAttrs>();
  if (x.size() != 4 || w.size() != 4 || !a.sound() || x[1] != w[1] * a.groups || w[0] % a.groups ||
      op.type(0).dtype != op.type(1).dtype) {
    op.error("E232") << "conv2d takes x [N,C,H,W] and weight [O,C/groups,kh,kw], found " << op.type(0) << " and "
                     << op.type(1);
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

/// x at (y, c) of a plane, zero beyond its edges.
template <class T> T planeAt(const T *x, int64_t h, int64_t w, int64_t y, int64_t c) {
  return y >= 0 && c >= 0 && y < h && c < w ? x[y * w + c] : T(0);
}

/// Everything the three loops need, in plain numbers.
struct Sizes {
  int64_t n, groups, ci, co, h, w, oh, ow, kh, kw;
  const Conv2dAttrs &a;
  Sizes(const Conv2dAttrs &a, const Shape &x, const Shape &y, int64_t kh, int64_t kw)
      : n(x[0]), groups(a.groups), ci(x[1] / a.groups), co(y[1] / a.groups), h(x[2]), w(x[3]), oh(y[2]), ow(y[3]),
        kh(kh), kw(kw), a(a) {}
};

// Each element is one chain of fused multiply-adds over (channel, i, j); padding takes part as zeros.
void reference(const Op &op, Eval &eval) {
  const Shape &kernel = op.operand(1).shape();
  Sizes s(op.attrs<Conv2dAttrs>(), op.operand(0).shape(), op.type().shape, kernel[2], kernel[3]);
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    const T *x = eval.in[0]->span<T>().data(), *weight = eval.in[1]->span<T>().data();
    T *y = eval.out[0]->span<T>().data();
    for (int64_t n = 0; n < s.n; ++n)
      for (int64_t o = 0; o < s.groups * s.co; ++o)
        for (int64_t p = 0; p < s.oh; ++p)
          for (int64_t q = 0; q < s.ow; ++q) {
            T sum = 0;
            const T *w = weight + o * s.ci * s.kh * s.kw;
            for (int64_t c = 0; c < s.ci; ++c)
              for (int64_t i = 0; i < s.kh; ++i)
                for (int64_t j = 0; j < s.kw; ++j)
                  sum = std::fma(*w++,
                                 planeAt(x + ((n * s.groups + o / s.co) * s.ci + c) * s.h * s.w, s.h, s.w,
                                         p * s.a.stride[0] - s.a.padding[0] + i * s.a.dilation[0],
                                         q * s.a.stride[1] - s.a.padding[1] + j * s.a.dilation[1]),
                                 sum);
            *y++ = sum;
          }
  });
}

Conv2dAttrs withSize(const Conv2dAttrs &attrs, int64_t h, int64_t w) {
  Conv2dAttrs result = attrs;
  result.size = {h, w};
  return result;
}
Conv2dAttrs withoutSize(const Conv2dAttrs &attrs) {
  Conv2dAttrs result = attrs;
  result.size.clear();
  return result;
}

// Each element of the result takes one filter; going back, each element of the operand gives one.
int64_t filterOf(const Op &op) { return op.operand(1).type().elements() / op.operand(1).shape()[0]; }
int64_t multiplyAdds(const Op &op) { return filterOf(op) * op.type().elements(); }
int64_t multiplyAddsBack(const Op &op) { return filterOf(op) * op.operand(0).type().elements(); }

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  const auto &attrs = op.attrs<Conv2dAttrs>();
  const Shape &x = op.operand(0).shape(), &w = op.operand(1).shape();
  return {b.make("conv2d_grad_input", {dy[0], op.operand(1)}, withSize(attrs, x[2], x[3])),
          b.make("conv2d_grad_weight", {op.operand(0), dy[0]}, withSize(attrs, w[2], w[3]))};
}

void lower(const Op &op, Emitter &e) {
  const Shape &x = op.operand(0).shape(), &w = op.operand(1).shape();
  BufferId reads[] = {e.buffer(op.operand(0)), e.buffer(op.operand(1))};
  e.append(
      op, convInstr,
      Attrs::of(convInstrAttrs(kernels::ConvOp::Forward, op.attrs<Conv2dAttrs>(), x, op.type().shape, {w[2], w[3]})),
      reads, {e.define(op.result())});
}

// -- conv2d_grad_input(dy, weight) {size = height and width of x}
// -------------------------------------------------------

void inferInput(OpView &op) {
  const Shape &dy = op.shape(0), &w = op.shape(1);
  const auto &a = op.attrs<Conv2dAttrs>();
  bool fits = dy.size() == 4 && w.size() == 4 && a.sound() && a.size.size() == 2 && dy[1] == w[0] &&
              w[0] % a.groups == 0 && op.type(0).dtype == op.type(1).dtype;
  for (size_t d = 0; d < 2 && fits; ++d)
    fits = windowCount(a.size[d], w[d + 2], a.stride[d], a.padding[d], a.dilation[d]) == dy[d + 2];
  if (!fits)
    op.error("E232") << "conv2d_grad_input takes dy [N,O,oh,ow] and weight [O,C/groups,kh,kw], found " << op.type(0)
                     << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {dy[0], w[1] * a.groups, a.size[0], a.size[1]}});
}

// One chain over (output channel, i, j) of the taps whose place in dy is whole; beyond the edges of dy there are zeros.
void referenceInput(const Op &op, Eval &eval) {
  const Shape &kernel = op.operand(1).shape();
  Sizes s(op.attrs<Conv2dAttrs>(), op.type().shape, op.operand(0).shape(), kernel[2], kernel[3]);
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    const T *dy = eval.in[0]->span<T>().data(), *weight = eval.in[1]->span<T>().data();
    T *dx = eval.out[0]->span<T>().data();
    for (int64_t n = 0; n < s.n; ++n)
      for (int64_t c = 0; c < s.groups * s.ci; ++c)
        for (int64_t y = 0; y < s.h; ++y)
          for (int64_t x = 0; x < s.w; ++x) {
            T sum = 0;
            for (int64_t o = c / s.ci * s.co; o < (c / s.ci + 1) * s.co; ++o)
              for (int64_t i = 0; i < s.kh; ++i)
                for (int64_t j = 0; j < s.kw; ++j) {
                  int64_t p = y + s.a.padding[0] - i * s.a.dilation[0], q = x + s.a.padding[1] - j * s.a.dilation[1];
                  if (p % s.a.stride[0] || q % s.a.stride[1])
                    continue;
                  sum = std::fma(weight[((o * s.ci + c % s.ci) * s.kh + i) * s.kw + j],
                                 planeAt(dy + (n * s.groups * s.co + o) * s.oh * s.ow, s.oh, s.ow, p / s.a.stride[0],
                                         q / s.a.stride[1]),
                                 sum);
                }
            *dx++ = sum;
          }
  });
}

// It is linear in both operands, and its own transposes are the other two directions.
Values gradInput(const Op &op, llvm::ArrayRef<Value> g, Builder &b) {
  const auto &attrs = op.attrs<Conv2dAttrs>();
  const Shape &w = op.operand(1).shape();
  return {b.make("conv2d", {g[0], op.operand(1)}, withoutSize(attrs)),
          b.make("conv2d_grad_weight", {g[0], op.operand(0)}, withSize(attrs, w[2], w[3]))};
}

void lowerInput(const Op &op, Emitter &e) {
  const Shape &dy = op.operand(0).shape(), &w = op.operand(1).shape();
  BufferId reads[] = {e.buffer(op.operand(0)), e.buffer(op.operand(1))};
  e.append(
      op, convInstr,
      Attrs::of(convInstrAttrs(kernels::ConvOp::GradInput, op.attrs<Conv2dAttrs>(), op.type().shape, dy, {w[2], w[3]})),
      reads, {e.define(op.result())});
}

// -- conv2d_grad_weight(x, dy) {size = height and width of the kernel}
// --------------------------------------------------

void inferWeight(OpView &op) {
  const Shape &x = op.shape(0), &dy = op.shape(1);
  const auto &a = op.attrs<Conv2dAttrs>();
  bool fits = x.size() == 4 && dy.size() == 4 && a.sound() && a.size.size() == 2 && x[0] == dy[0] &&
              x[1] % a.groups == 0 && dy[1] % a.groups == 0 && op.type(0).dtype == op.type(1).dtype;
  for (size_t d = 0; d < 2 && fits; ++d)
    fits = windowCount(x[d + 2], a.size[d], a.stride[d], a.padding[d], a.dilation[d]) == dy[d + 2];
  if (!fits)
    op.error("E232") << "conv2d_grad_weight takes x [N,C,H,W] and dy [N,O,oh,ow], found " << op.type(0) << " and "
                     << op.type(1);
  else
    op.result({op.type(0).dtype, {dy[1], x[1] / a.groups, a.size[0], a.size[1]}});
}

// One chain over (image, p, q) for each block of images (kernels::convBlockImages); the blocks are then summed as a
// reduction over them would.
void referenceWeight(const Op &op, Eval &eval) {
  const Shape &kernel = op.type().shape;
  Sizes s(op.attrs<Conv2dAttrs>(), op.operand(0).shape(), op.operand(1).shape(), kernel[2], kernel[3]);
  auto images = static_cast<int64_t>(kernels::convBlockImages(static_cast<size_t>(s.n)));
  size_t blocks = kernels::convBlocks(static_cast<size_t>(s.n));
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    const T *x = eval.in[0]->span<T>().data(), *dy = eval.in[1]->span<T>().data();
    auto dw = eval.out[0]->span<T>();
    std::vector<T> sums;
    for (int64_t first = 0; first < s.n; first += images)
      for (int64_t o = 0; o < s.groups * s.co; ++o)
        for (int64_t c = 0; c < s.ci; ++c)
          for (int64_t i = 0; i < s.kh; ++i)
            for (int64_t j = 0; j < s.kw; ++j) {
              T sum = 0;
              for (int64_t n = first; n < std::min(first + images, s.n); ++n)
                for (int64_t p = 0; p < s.oh; ++p)
                  for (int64_t q = 0; q < s.ow; ++q)
                    sum = std::fma(planeAt(x + ((n * s.groups + o / s.co) * s.ci + c) * s.h * s.w, s.h, s.w,
                                           p * s.a.stride[0] - s.a.padding[0] + i * s.a.dilation[0],
                                           q * s.a.stride[1] - s.a.padding[1] + j * s.a.dilation[1]),
                                   dy[((n * s.groups * s.co + o) * s.oh + p) * s.ow + q], sum);
              sums.push_back(sum);
            }
    for (size_t i = 0; i < dw.size(); ++i)
      dw[i] = blocks == 1 ? sums[i] : exactSum(sums.data(), blocks, dw.size(), 0, i);
  });
}

Values gradWeight(const Op &op, llvm::ArrayRef<Value> g, Builder &b) {
  const auto &attrs = op.attrs<Conv2dAttrs>();
  const Shape &x = op.operand(0).shape();
  return {b.make("conv2d_grad_input", {op.operand(1), g[0]}, withSize(attrs, x[2], x[3])),
          b.make("conv2d", {op.operand(0), g[0]}, withoutSize(attrs))};
}

void lowerWeight(const Op &op, Emitter &e) {
  const Shape &x = op.operand(0).shape(), &dy = op.operand(1).shape(), &w = op.type().shape;
  Attrs attrs = Attrs::of(convInstrAttrs(kernels::ConvOp::GradWeight, op.attrs<Conv2dAttrs>(), x, dy, {w[2], w[3]}));
  BufferId reads[] = {e.buffer(op.operand(0)), e.buffer(op.operand(1))};
  auto blocks = static_cast<int64_t>(kernels::convBlocks(static_cast<size_t>(x[0])));
  if (blocks == 1) {
    e.append(op, convInstr, attrs, reads, {e.define(op.result())});
    return;
  }
  Buffer parts;
  parts.name = op.label().str() + ".parts";
  parts.type = {op.type().dtype, {blocks, w[0], w[1], w[2], w[3]}};
  BufferId sums = e.addBuffer(std::move(parts));
  e.append(op, convInstr, attrs, reads, {sums});
  e.append(op, reduceInstr, Attrs::of(ReduceInstrAttrs{kernels::ReduceOp::Sum, 1, blocks, elementCount(w)}), {sums},
           {e.define(op.result())});
}

constexpr OpDef kGradInput = lawful(
    {.name = "conv2d_grad_input",
     .doc = "Gradient of conv2d with respect to its input; size is the input's height and width.",
     .operands = {"dy", "weight"},
     .attrs = attrTable<Conv2dAttrs>(),
     .infer = inferInput,
     .reference = referenceInput,
     .grad = gradInput,
     .lower = lowerInput,
     .examples = {"conv2d_grad_input(f32[2,3,4,5], f32[3,2,3,3]) {padding=[1,1], size=[4,5]}",
                  "conv2d_grad_input(f32[1,4,3,3], f32[4,1,3,2]) {stride=[2,3], padding=[1,0], groups=2, size=[6,9]}"},
     .multiplyAdds = multiplyAddsBack});

constexpr OpDef kGradWeight = lawful(
    {.name = "conv2d_grad_weight",
     .doc = "Gradient of conv2d with respect to its weight; size is the kernel's height and width.",
     .operands = {"x", "dy"},
     .attrs = attrTable<Conv2dAttrs>(),
     .infer = inferWeight,
     .reference = referenceWeight,
     .grad = gradWeight,
     .lower = lowerWeight,
     .examples = {
         "conv2d_grad_weight(f32[2,2,4,5], f32[2,3,4,5]) {padding=[1,1], size=[3,3]}",
         "conv2d_grad_weight(f32[11,2,6,5], f32[11,2,3,3]) {stride=[2,2], padding=[1,1], dilation=[1,2], groups=2, "
         "size=[3,2]}",
         "conv2d_grad_weight(f32[9,1,2,3], f32[9,1,2,3]) {size=[1,1]}"}});
constexpr const OpDef *kAlso[] = {&kGradInput, &kGradWeight};

constexpr ArgSpec kArgs[] = {arg::size("out", "", "number of output channels"),
                             arg::pair("kernel", "", "size of the window"),
                             kStrideArg,
                             kPaddingArg,
                             kDilationArg,
                             kGroupsArg,
                             kConvBias,
                             kConvInit};

} // namespace

extern constexpr OpDef conv2d =
    lawful({.name = "conv2d",
            .role = Role::Layer,
            .layer = "Conv2d",
            .doc = "Convolution of an image with zero padding; weight is [out, in/groups, kh, kw].",
            .operands = {"x", "weight"},
            .attrs = attrTable<Conv2dAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"conv2d(f32[2,3,5,7], f32[4,3,3,3]) {padding=[1,1]}",
                         "conv2d(f32[2,4,6,5], f32[6,2,3,2]) {stride=[2,1], groups=2}",
                         "conv2d(f32[1,2,9,8], f32[3,2,2,3]) {stride=[2,2], padding=[0,2], dilation=[3,2]}",
                         "conv2d(f32[1,1,1,1], f32[1,1,1,1])"},
            .classicArgs = {"in", "out", "kernel_h", "kernel_w", "stride", "padding"},
            .also = kAlso,
            .scalesChannels = true,
            .multiplyAdds = multiplyAdds});

} // namespace dlc::ops
