// Values one after the other along an axis; all their other sizes agree.
// It copies; a value that is cut out again is a slice.
#include "sample_axis.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"
#include "dlc/program/instrs.h"
#include "dlc/support/strings.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  const auto axis = sampleAxis(b, "Concat");
  if (!axis)
    return {};
  auto sample = [](Value value) { return shapeText(llvm::ArrayRef<int64_t>(value.shape()).drop_front()); };
  for (Value value : b.inputs) {
    bool fits = value.shape().size() == b.input.shape().size();
    for (size_t d = 1; d < value.shape().size() && fits; ++d)
      fits = d == static_cast<size_t>(*axis) || value.shape()[d] == b.input.shape()[d];
    if (!fits) {
      b.error("E230") << "cannot apply Concat to shapes " << sample(b.input) << " and " << sample(value)
                      << " along axis " << *axis - 1;
      return {};
    }
  }
  return b.make("concat", b.inputs, AxisAttrs{*axis});
}

void infer(OpView &op) {
  int64_t axis = op.attrs<AxisAttrs>().axis;
  Type type = op.type(0);
  if (axis < 0 || axis >= static_cast<int64_t>(type.shape.size())) {
    op.error("E230").at("axis") << "Concat along axis " << axis << " of " << shapeText(type.shape);
    return;
  }
  if (op.count() > kernels::kMaxConcat) {
    op.error("E230") << "Concat takes at most " << kernels::kMaxConcat << " values, found " << op.count();
    return;
  }
  auto at = static_cast<size_t>(axis);
  for (size_t i = 1; i < op.count(); ++i) {
    Type other = op.type(i);
    bool fits = other.dtype == type.dtype && other.shape.size() == type.shape.size();
    for (size_t d = 0; d < type.shape.size() && fits; ++d)
      fits = d == at || other.shape[d] == type.shape[d];
    if (!fits) {
      op.error("E230") << "cannot apply Concat to shapes " << shapeText(op.shape(0)) << " and "
                       << shapeText(other.shape) << " along axis " << axis;
      return;
    }
    type.shape[at] += other.shape[at];
  }
  op.result(std::move(type));
}

/// Elements of a value from one index of the axes before `axis` to the next.
size_t run(const Shape &shape, int64_t axis) {
  size_t result = 1;
  for (auto d = static_cast<size_t>(axis); d < shape.size(); ++d)
    result *= static_cast<size_t>(shape[d]);
  return result;
}

void reference(const Op &op, Eval &eval) {
  int64_t axis = op.attrs<AxisAttrs>().axis;
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto y = eval.out[0]->span<decltype(zero)>();
    size_t all = run(op.type().shape, axis), begin = 0;
    for (size_t i = 0; i < op.operands().size(); ++i) {
      size_t own = run(op.operand(i).shape(), axis);
      auto x = eval.in[i]->span<decltype(zero)>();
      for (size_t e = 0; e < x.size(); ++e)
        y[e / own * all + begin + e % own] = x[e];
      begin += own;
    }
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  int64_t axis = op.attrs<AxisAttrs>().axis, begin = 0;
  Values result;
  for (Value operand : op.operands()) {
    int64_t size = operand.shape()[static_cast<size_t>(axis)];
    result.push_back(b.make("slice", {dy[0]}, SliceAttrs{axis, begin, size}));
    begin += size;
  }
  return result;
}

void lower(const Op &op, Emitter &e) {
  int64_t axis = op.attrs<AxisAttrs>().axis;
  llvm::SmallVector<BufferId, 4> reads;
  ConcatInstrAttrs attrs;
  for (Value operand : op.operands()) {
    reads.push_back(e.buffer(operand));
    attrs.runs.push_back(static_cast<int64_t>(run(operand.shape(), axis)));
  }
  attrs.outer = op.type().elements() / static_cast<int64_t>(run(op.type().shape, axis));
  e.append(op, concatInstr, Attrs::of(attrs), reads, {e.define(op.result())});
}

constexpr ArgSpec kArgs[] = {
    arg::number("axis", "0", "axis of a sample, from 0; negative counts from the end").from(-8).upTo(7).byKeyword()};

void step(StepView &s) {
  const int64_t axis = s.op.attrs<AxisAttrs>().axis;
  stepBeside(s, axis, axis, false);
}

} // namespace

extern constexpr OpDef concat =
    lawful({.name = "concat",
            .role = Role::Layer,
            .layer = "Concat",
            .doc = "Concatenates values along an axis.",
            .operands = {"x..."},
            .attrs = attrTable<AxisAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = step,
            .examples = {"concat(f32[2,3], f32[2,3], f32[2,3]) {axis=1}", "concat(f32[2,3,4], f32[2,1,4]) {axis=1}",
                         "concat(f32[5,2], f32[4,2])"},
            .several = true});

} // namespace dlc::ops
