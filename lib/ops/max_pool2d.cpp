// The largest element of each window of an image, and the gradient back to its position.
// The first of several equal ones gets the gradient; a NaN in the window is the result.
#include "pool.h"

#include <cmath>
#include <limits>

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildPool(b, "MaxPool2d", "max_pool2d"); }

/// For each window its largest element, or -1 where it lies off the image.
template <class T> std::vector<int64_t> places(const PoolAttrs &a, const T *x, const Shape &shape, const Shape &y) {
  std::vector<int64_t> place(static_cast<size_t>(elementCount(y)), -1);
  eachWindowElement(a, shape, y, [&](size_t o, size_t e) {
    T best = place[o] < 0 ? T(0) : x[place[o]];
    if (place[o] < 0 || x[e] > best || (std::isnan(x[e]) && !std::isnan(best)))
      place[o] = static_cast<int64_t>(e);
  });
  return place;
}

void infer(OpView &op) { inferPool(op); }

void reference(const Op &op, Eval &eval) {
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto x = eval.in[0]->span<T>();
    auto y = eval.out[0]->span<T>();
    auto place = places(op.attrs<PoolAttrs>(), x.data(), op.operand(0).shape(), op.type().shape);
    for (size_t o = 0; o < y.size(); ++o)
      y[o] = place[o] < 0 ? -std::numeric_limits<T>::infinity() : x[static_cast<size_t>(place[o])];
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.make("max_pool2d_grad", {op.operand(0), dy[0]}, op.attrs<PoolAttrs>())};
}

void lower(const Op &op, Emitter &e) { lowerPool(op, e, kernels::PoolOp::Max, op.operand(0).shape(), op.type().shape); }

// -- max_pool2d_grad(x, dy)
// ---------------------------------------------------------------------------------------------

void inferGrad(OpView &op) {
  const Shape &x = op.shape(0), &dy = op.shape(1);
  const auto &a = op.attrs<PoolAttrs>();
  if (x.size() != 4 || !a.sound() || dy.size() != 4 || dy[0] != x[0] || dy[1] != x[1] ||
      dy[2] != windowCount(x[2], a.kernel[0], a.stride[0], a.padding[0]) ||
      dy[3] != windowCount(x[3], a.kernel[1], a.stride[1], a.padding[1]))
    op.error("E233") << "max_pool2d_grad takes an image and the gradient of its windows, found " << op.type(0)
                     << " and " << op.type(1);
  else
    op.result(op.type(0));
}

void referenceGrad(const Op &op, Eval &eval) {
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto dy = eval.in[1]->span<T>();
    auto dx = eval.out[0]->span<T>();
    auto place =
        places(op.attrs<PoolAttrs>(), eval.in[0]->span<T>().data(), op.operand(0).shape(), op.operand(1).shape());
    for (size_t o = 0; o < dy.size(); ++o)
      if (place[o] >= 0)
        dx[static_cast<size_t>(place[o])] += dy[o];
  });
}

void lowerGrad(const Op &op, Emitter &e) {
  lowerPool(op, e, kernels::PoolOp::MaxGrad, op.operand(0).shape(), op.operand(1).shape());
}

constexpr OpDef kGrad = lawful({.name = "max_pool2d_grad",
                                .doc = "Gradient of max_pool2d: adds dy at the first maximum of each window.",
                                .operands = {"x", "dy"},
                                .attrs = attrTable<PoolAttrs>(),
                                .infer = inferGrad,
                                .reference = referenceGrad,
                                .lower = lowerGrad,
                                .examples = {"max_pool2d_grad(f32[2,3,5,7], f32[2,3,2,3]) {kernel=[2,2], stride=[2,2]}",
                                             "max_pool2d_grad(f32[1,2,7,5], f32[1,2,4,5]) {kernel=[3,3], stride=[2,1], "
                                             "padding=[1,1]}"},
                                .differentiable = false});
constexpr const OpDef *kAlso[] = {&kGrad};

} // namespace

extern constexpr OpDef max_pool2d =
    lawful({.name = "max_pool2d",
            .role = Role::Layer,
            .layer = "MaxPool2d",
            .doc = "Maximum of each window of an image.",
            .operands = {"x"},
            .attrs = attrTable<PoolAttrs>(),
            .args = kPoolArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"max_pool2d(f32[2,1,4,6]) {kernel=[2,2], stride=[2,2]}",
                         "max_pool2d(f32[1,1,3,7]) {kernel=[2,2], stride=[2,2]}",
                         "max_pool2d(f32[2,1,7,5]) {kernel=[3,2], stride=[2,1], padding=[1,0]}"},
            .also = kAlso,
            .kinks = true});

} // namespace dlc::ops
