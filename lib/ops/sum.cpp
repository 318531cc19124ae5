// Sum over adjacent axes, in the order that exact_math.h lays down.
// Other axes take a sum of a sum; a mean divides afterwards.
#include "reduction.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildReduction(b, "Sum", "sum"); }

void infer(OpView &op) { inferReduction(op); }

void reference(const Op &op, Eval &eval) {
  ReduceView v(op.operand(0).shape(), op.attrs<ReduceAttrs>().axes);
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto source = eval.in[0]->span<decltype(zero)>();
    auto result = eval.out[0]->span<decltype(zero)>();
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = exactSum(source.data(), v.reduce, v.inner, i / v.inner, i % v.inner);
  });
}

// Every summand gets the sum's gradient.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  const Shape &shape = op.operand(0).shape();
  Value kept = b.reshape(dy[0], reducedShape(shape, {op.attrs<ReduceAttrs>().axes, true}));
  return {b.broadcast(kept, shape)};
}

void lower(const Op &op, Emitter &e) { e.reduce(op, kernels::ReduceOp::Sum, op.attrs<ReduceAttrs>().axes); }

} // namespace

extern constexpr OpDef sum = lawful({.name = "sum",
                                     .role = Role::Layer,
                                     .layer = "Sum",
                                     .doc = "Sum over adjacent axes; the order of additions is part of its meaning.",
                                     .operands = {"x"},
                                     .attrs = attrTable<ReduceAttrs>(),
                                     .args = kReductionArgs,
                                     .infer = infer,
                                     .build = build,
                                     .reference = reference,
                                     .grad = grad,
                                     .lower = lower,
                                     .step = stepReduction,
                                     .examples = {"sum(f32[5,7]) {axes=[1]}", "sum(f32[5,7]) {axes=[0], keep=true}",
                                                  "sum(f32[2,3,4]) {axes=[1,2]}", "sum(f32[40,37]) {axes=[0,1]}"}});

} // namespace dlc::ops
