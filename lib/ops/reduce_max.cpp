// The largest value over adjacent axes; NaN wins.
// It does not say where the largest stands.
#include "reduction.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildReduction(b, "Max", "reduce_max"); }

void infer(OpView &op) { inferReduction(op); }

void reference(const Op &op, Eval &eval) {
  reduceEach(op, eval, [](const auto *x, size_t count, size_t step) { return exactMaximum(x, count, step); });
}

// Elements that tie for the largest share the gradient evenly, as PyTorch's amax does.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  const Shape &shape = op.operand(0).shape(), &axes = op.attrs<ReduceAttrs>().axes;
  Shape kept = reducedShape(shape, {axes, true});
  Value isMax = b.make("equal", {op.operand(0), b.reshape(op.result(), kept)});
  Value share = b.div(b.reshape(dy[0], kept), b.sum(isMax, axes, true));
  return {b.mul(isMax, share)};
}

void lower(const Op &op, Emitter &e) { e.reduce(op, kernels::ReduceOp::Max, op.attrs<ReduceAttrs>().axes); }

} // namespace

extern constexpr OpDef reduce_max =
    lawful({.name = "reduce_max",
            .role = Role::Layer,
            .layer = "Max",
            .doc = "Maximum over adjacent axes; NaN if any element is NaN.",
            .operands = {"x"},
            .attrs = attrTable<ReduceAttrs>(),
            .args = kReductionArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = stepReduction,
            .examples = {"reduce_max(f32[5,7]) {axes=[1]}", "reduce_max(f32[5,7]) {axes=[0], keep=true}",
                         "reduce_max(f32[2,3,4]) {axes=[0,1]}"},
            .kinks = true});

} // namespace dlc::ops
