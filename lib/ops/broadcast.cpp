// Repeats a tensor along new or size-1 dimensions.
// Element-wise ops broadcast by themselves and need no op for it.
#include "elementwise.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const Shape &shape = op.attrs<ShapeAttrs>().shape;
  std::optional<Shape> common = broadcastShapes(op.shape(0), shape);
  if (!common || *common != shape)
    op.error("E230") << "cannot broadcast " << shapeText(op.shape(0)) << " to " << shapeText(shape);
  else
    op.result({op.type(0).dtype, shape});
}

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return x; });
}

// Autodiff sums gradients over broadcast dimensions for every op alike.
Values grad(const Op &, llvm::ArrayRef<Value> dy, Builder &) { return {dy[0]}; }

void lower(const Op &op, Emitter &e) { e.broadcast(op); }

} // namespace

extern constexpr OpDef broadcast =
    lawful({.name = "broadcast",
            .doc = "Repeats the operand to `shape` by NumPy's broadcasting rule.",
            .operands = {"x"},
            .attrs = attrTable<ShapeAttrs>(),
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"broadcast(f32[]) {shape=[2,3]}", "broadcast(f32[4,1]) {shape=[4,3]}",
                         "broadcast(f32[3]) {shape=[2,2,3]}"},
            .layout = Layout::Repeated,
            .cheap = true});

} // namespace dlc::ops
