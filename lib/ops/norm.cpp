// The Euclidean norm over adjacent axes, the square root of a sum of squares, for numbers of any size.
// Squares that overflow or underflow are no trouble here, as they would be to a sum of mul(x, x).
#include "reduction.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferReduction(op); }

void reference(const Op &op, Eval &eval) {
  reduceEach(op, eval, [](const auto *x, size_t count, size_t step) { return exactNorm(x, count, step); });
}

// dy x / y, the quotient first, which is at most 1; 0 where all x are.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0);
  Shape kept = reducedShape(x.shape(), {op.attrs<ReduceAttrs>().axes, true});
  Value y = b.reshape(op.result(), kept), zero = b.scalar(0, x);
  Value length = b.select(b.make("equal", {y, zero}), b.scalar(1, x), y);
  return {b.mul(b.div(x, length), b.reshape(dy[0], kept))};
}

void lower(const Op &op, Emitter &e) { e.reduce(op, kernels::ReduceOp::Norm, op.attrs<ReduceAttrs>().axes); }

} // namespace

extern constexpr OpDef norm =
    lawful({.name = "norm",
            .doc = "The square root of the sum of squares over adjacent axes, without overflow or underflow.",
            .operands = {"x"},
            .attrs = attrTable<ReduceAttrs>(),
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = stepReduction,
            .examples = {"norm(f32[5,7]) {axes=[1]}", "norm(f32[5,7]) {axes=[0], keep=true}",
                         "norm(f32[2,3,4]) {axes=[1,2]}", "norm(f32[40,37]) {axes=[0,1]}"},
            .kinks = true}); // of one number it is the absolute value

} // namespace dlc::ops
