// What the reductions share: axes checked, and the operand seen as [outer, reduce, inner].
// It does no arithmetic.
#pragma once

#include "sample_axis.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::ops {

/// The operand as [outer, reduce, inner]; the axes are adjacent, so this always exists.
struct ReduceView {
  size_t outer = 1, reduce = 1, inner = 1;
  ReduceView(const Shape &shape, const Shape &axes) {
    for (size_t d = 0; d < shape.size(); ++d) {
      auto axis = static_cast<int64_t>(d);
      (axis < axes.front() ? outer : axis > axes.back() ? inner : reduce) *= static_cast<size_t>(shape[d]);
    }
  }
};

/// The shape with the axes removed, or kept with size 1.
inline Shape reducedShape(const Shape &shape, const ReduceAttrs &attrs) {
  Shape result;
  for (size_t d = 0; d < shape.size(); ++d)
    if (!llvm::is_contained(attrs.axes, static_cast<int64_t>(d)))
      result.push_back(shape[d]);
    else if (attrs.keep)
      result.push_back(1);
  return result;
}

/// The reference loop of a reduction: `of(first, count, step)` is the result of `count` elements that lie `step` apart.
template <class Of> void reduceEach(const Op &op, Eval &eval, Of of) {
  const ReduceView v(op.operand(0).shape(), op.attrs<ReduceAttrs>().axes);
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto source = eval.in[0]->span<decltype(zero)>();
    auto result = eval.out[0]->span<decltype(zero)>();
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = of(source.data() + i / v.inner * v.reduce * v.inner + i % v.inner, v.reduce, v.inner);
  });
}

/// OpDef::step: along other axes than that of the positions.
inline void stepReduction(StepView &s) {
  const auto &attrs = s.op.attrs<ReduceAttrs>();
  stepBeside(s, attrs.axes.front(), attrs.axes.back(), !attrs.keep);
}

inline void inferReduction(OpView &op) {
  const auto &attrs = op.attrs<ReduceAttrs>();
  auto rank = static_cast<int64_t>(op.shape(0).size());
  bool fits = !attrs.axes.empty() && attrs.axes.front() >= 0 && attrs.axes.back() < rank;
  for (size_t i = 1; i < attrs.axes.size(); ++i)
    fits &= attrs.axes[i] == attrs.axes[i - 1] + 1;
  if (!fits)
    op.error("E230") << "a reduction of " << shapeText(op.shape(0)) << " takes ascending, adjacent axes below " << rank;
  else
    op.result({op.type(0).dtype, reducedShape(op.shape(0), attrs)});
}

constexpr ArgSpec kReductionArgs[] = {
    arg::number("axis", "", "axis of a sample, from 0; negative counts from the end").from(-8).upTo(7),
    arg::flag("keep", "false", "keep the axis, with size 1").byKeyword()};

/// A layer over one axis of a sample; the batch is not counted.
inline Value buildReduction(LayerBuilder &b, llvm::StringRef layer, llvm::StringRef op) {
  const auto axis = sampleAxis(b, layer);
  if (!axis)
    return {};
  return b.make(op, {b.input}, ReduceAttrs{{*axis}, b.args.flag("keep")});
}

} // namespace dlc::ops
