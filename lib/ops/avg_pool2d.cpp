// The mean of each window of an image; padding counts as zeros, so that every window is divided by the kernel's area.
// The mean of a whole image is GlobalAvgPool.
#include "pool.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildPool(b, "AvgPool2d", "avg_pool2d"); }

void infer(OpView &op) { inferPool(op); }

void reference(const Op &op, Eval &eval) {
  const auto &a = op.attrs<PoolAttrs>();
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto x = eval.in[0]->span<T>();
    auto y = eval.out[0]->span<T>();
    eachWindowElement(a, op.operand(0).shape(), op.type().shape, [&](size_t o, size_t e) { y[o] += x[e]; });
    for (T &mean : y)
      mean = mean / static_cast<T>(a.kernel[0] * a.kernel[1]);
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  PoolAttrs attrs = op.attrs<PoolAttrs>();
  const Shape &x = op.operand(0).shape();
  attrs.size = {x[2], x[3]};
  return {b.make("avg_pool2d_grad", {dy[0]}, std::move(attrs))};
}

void lower(const Op &op, Emitter &e) { lowerPool(op, e, kernels::PoolOp::Avg, op.operand(0).shape(), op.type().shape); }

// -- avg_pool2d_grad(dy) {size = height and width of x}
// -----------------------------------------------------------------

void inferGrad(OpView &op) {
  const Shape &dy = op.shape(0);
  const auto &a = op.attrs<PoolAttrs>();
  if (dy.size() != 4 || !a.sound() || a.size.size() != 2 ||
      dy[2] != windowCount(a.size[0], a.kernel[0], a.stride[0], a.padding[0]) ||
      dy[3] != windowCount(a.size[1], a.kernel[1], a.stride[1], a.padding[1]))
    op.error("E233") << "avg_pool2d_grad takes the gradient of the windows of an image, found " << op.type(0);
  else
    op.result({op.type(0).dtype, {dy[0], dy[1], a.size[0], a.size[1]}});
}

void referenceGrad(const Op &op, Eval &eval) {
  const auto &a = op.attrs<PoolAttrs>();
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto dy = eval.in[0]->span<T>();
    auto dx = eval.out[0]->span<T>();
    eachWindowElement(a, op.type().shape, op.operand(0).shape(),
                      [&](size_t o, size_t e) { dx[e] += dy[o] / static_cast<T>(a.kernel[0] * a.kernel[1]); });
  });
}

// Linear: the gradient of the gradient is the mean itself.
Values gradGrad(const Op &op, llvm::ArrayRef<Value> g, Builder &b) {
  PoolAttrs attrs = op.attrs<PoolAttrs>();
  attrs.size.clear();
  return {b.make("avg_pool2d", {g[0]}, std::move(attrs))};
}

void lowerGrad(const Op &op, Emitter &e) {
  lowerPool(op, e, kernels::PoolOp::AvgGrad, op.type().shape, op.operand(0).shape());
}

constexpr OpDef kGrad =
    lawful({.name = "avg_pool2d_grad",
            .doc = "Gradient of avg_pool2d: adds dy, divided by the window's area, to all elements of each window.",
            .operands = {"dy"},
            .attrs = attrTable<PoolAttrs>(),
            .infer = inferGrad,
            .reference = referenceGrad,
            .grad = gradGrad,
            .lower = lowerGrad,
            .examples = {"avg_pool2d_grad(f32[2,3,2,3]) {kernel=[2,2], stride=[2,2], size=[5,7]}",
                         "avg_pool2d_grad(f32[1,2,4,5]) {kernel=[3,3], stride=[2,1], padding=[1,1], size=[7,5]}"}});
constexpr const OpDef *kAlso[] = {&kGrad};

} // namespace

extern constexpr OpDef avg_pool2d =
    lawful({.name = "avg_pool2d",
            .role = Role::Layer,
            .layer = "AvgPool2d",
            .doc = "Mean of each window of an image; padding counts as zeros.",
            .operands = {"x"},
            .attrs = attrTable<PoolAttrs>(),
            .args = kPoolArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"avg_pool2d(f32[2,3,6,8]) {kernel=[2,2], stride=[2,2]}",
                         "avg_pool2d(f32[2,1,7,5]) {kernel=[3,2], stride=[2,1], padding=[1,0]}"},
            .also = kAlso});

} // namespace dlc::ops
