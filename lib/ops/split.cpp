// Equal parts of a value along one axis, one result each.
// A single stretch is a slice; the gradient of many slices would be a sum of as many whole values.
#include "sequence.h"

#include "dlc/lower/emitter.h"
#include "dlc/program/instrs.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  const auto &a = op.attrs<SplitAttrs>();
  if (a.axis < 0 || a.axis >= static_cast<int64_t>(x.size()) || a.parts < 1 ||
      x[static_cast<size_t>(a.axis)] % a.parts) {
    op.error("E230") << "cannot cut " << shapeText(x) << " into " << a.parts << " equal parts along axis " << a.axis;
    return;
  }
  Type part = op.type(0);
  part.shape[static_cast<size_t>(a.axis)] /= a.parts;
  for (int64_t i = 0; i < a.parts; ++i)
    op.result(part);
}

/// Elements of a part from one index of the axes before `axis` to the next.
int64_t run(const Op &op) {
  int64_t result = 1;
  const Shape &part = op.result(0).shape();
  for (auto d = static_cast<size_t>(op.attrs<SplitAttrs>().axis); d < part.size(); ++d)
    result *= part[d];
  return result;
}

void reference(const Op &op, Eval &eval) {
  auto own = static_cast<size_t>(run(op)), all = own * eval.out.size();
  dispatchFloat(op.operand(0).dtype(), [&](auto zero) {
    auto x = eval.in[0]->span<decltype(zero)>();
    for (size_t i = 0; i < eval.out.size(); ++i) {
      auto y = eval.out[i]->span<decltype(zero)>();
      for (size_t e = 0; e < y.size(); ++e)
        y[e] = x[e / own * all + i * own + e % own];
    }
  });
}

// Parts that nobody reads count as zeros.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Values parts;
  for (size_t i = 0; i < dy.size(); ++i)
    parts.push_back(dy[i] ? b.broadcast(dy[i], op.result(0).shape()) : b.constant(0, op.result(0).type()));
  return {joined(b, parts, op.attrs<SplitAttrs>().axis)};
}

void lower(const Op &op, Emitter &e) {
  BufferId from = e.buffer(op.operand(0));
  int64_t own = run(op), all = own * op.attrs<SplitAttrs>().parts;
  for (unsigned i = 0; i < op.results().size(); ++i)
    e.append(op, copyInstr,
             Attrs::of(CopyAttrs{{op.result(0).type().elements() / own, own}, {all, 1}, static_cast<int64_t>(i) * own}),
             {from}, {e.define(op.result(i))});
}

void step(StepView &s) {
  const int64_t axis = s.op.attrs<SplitAttrs>().axis;
  stepBeside(s, axis, axis, false);
}

} // namespace

extern constexpr OpDef split =
    lawful({.name = "split",
            .doc = "Splits a value into equal parts along one axis.",
            .operands = {"x"},
            .attrs = attrTable<SplitAttrs>(),
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = step,
            .examples = {"split(f32[2,6,3]) {axis=1, parts=3}", "split(f32[4,5]) {axis=0, parts=4}",
                         "split(f32[3,1]) {axis=1, parts=1}"}});

} // namespace dlc::ops
