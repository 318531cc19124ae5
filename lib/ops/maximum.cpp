// The larger of two values, element by element with broadcasting; NaN wins.
// The largest along an axis is reduce_max.
#include "elementwise.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "max"); }

void reference(const Op &op, Eval &eval) {
  elementwise<2>(op, eval, [](auto x, auto y) { return exactMax(x, y); });
}

// A tie gives the gradient to b, as the comparison a > b does; finite differences cannot tell.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value aWins = b.greater(op.operand(0), op.operand(1));
  Value zero = b.scalar(0, dy[0]);
  return {b.select(aWins, dy[0], zero), b.select(aWins, zero, dy[0])};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Max); }

constexpr llvm::StringLiteral kOperands[] = {"a", "b"};
constexpr llvm::StringLiteral kExamples[] = {"maximum(f32[2,3], f32[2,3])", "maximum(f32[4,3], f32[3])",
                                             "maximum(f32[2,1,3], f32[4,1])", "maximum(f32[5], f32[])"};
} // namespace

extern const OpDef maximum;
constexpr OpDef maximum = {.name = "maximum",
                           .role = Role::Op,
                           .layer = "",
                           .doc = "The larger of a and b, element by element; NaN if either is.",
                           .operands = kOperands,
                           .attrs = {},
                           .args = {},
                           .infer = infer,
                           .build = nullptr,
                           .decompose = nullptr,
                           .reference = reference,
                           .grad = grad,
                           .lower = lower,
                           .examples = kExamples,
                           .kinks = true,
                           .elementwise = true};
static_assert(lawful(maximum));

} // namespace dlc::ops
