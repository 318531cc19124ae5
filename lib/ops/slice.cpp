// A contiguous range of one axis.
// Its gradient is a concat with zeros.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  const auto &a = op.attrs<SliceAttrs>();
  if (a.axis < 0 || a.axis >= static_cast<int64_t>(x.size()) || a.begin < 0 || a.size < 1 ||
      a.size > x[static_cast<size_t>(a.axis)] - a.begin) {
    op.error("E230") << "cannot take " << a.size << " from " << a.begin << " on along axis " << a.axis << " of "
                     << shapeText(x);
    return;
  }
  Type type = op.type(0);
  type.shape[static_cast<size_t>(a.axis)] = a.size;
  op.result(std::move(type));
}

/// Row-major strides of a shape.
Shape stridesOf(const Shape &shape) {
  Shape strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

void reference(const Op &op, Eval &eval) {
  const auto &a = op.attrs<SliceAttrs>();
  const Shape &shape = op.operand(0).shape();
  auto inner = static_cast<size_t>(stridesOf(shape)[static_cast<size_t>(a.axis)]);
  size_t own = static_cast<size_t>(a.size) * inner,
         all = static_cast<size_t>(shape[static_cast<size_t>(a.axis)]) * inner;
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto x = eval.in[0]->span<decltype(zero)>();
    auto y = eval.out[0]->span<decltype(zero)>();
    for (size_t e = 0; e < y.size(); ++e)
      y[e] = x[e / own * all + static_cast<size_t>(a.begin) * inner + e % own];
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  const auto &a = op.attrs<SliceAttrs>();
  Shape shape = op.operand(0).shape();
  auto axis = static_cast<size_t>(a.axis);
  int64_t after = shape[axis] - a.begin - a.size;
  auto zeros = [&](int64_t size) {
    shape[axis] = size;
    return b.constant(0, {dy[0].dtype(), shape});
  };
  Values parts;
  if (a.begin)
    parts.push_back(zeros(a.begin));
  parts.push_back(dy[0]);
  if (after)
    parts.push_back(zeros(after));
  if (parts.size() == 1)
    return parts;
  return {b.make("concat", parts, AxisAttrs{a.axis})};
}

void lower(const Op &op, Emitter &e) {
  const auto &a = op.attrs<SliceAttrs>();
  Shape strides = stridesOf(op.operand(0).shape());
  e.copy(op, a.begin * strides[static_cast<size_t>(a.axis)], strides);
}

void step(StepView &s) {
  const int64_t axis = s.op.attrs<SliceAttrs>().axis;
  stepBeside(s, axis, axis, false);
}

} // namespace

extern constexpr OpDef slice =
    lawful({.name = "slice",
            .doc = "A contiguous range of one axis.",
            .operands = {"x"},
            .attrs = attrTable<SliceAttrs>(),
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = step,
            .examples = {"slice(f32[2,5,3]) {axis=1, begin=1, size=3}", "slice(f32[7]) {begin=4, size=3}",
                         "slice(f32[2,3]) {axis=1, size=3}"}});

} // namespace dlc::ops
