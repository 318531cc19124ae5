// The smaller of two values, element by element with broadcasting; NaN wins.
// It does not reduce along an axis.
#include "elementwise.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "min"); }

void reference(const Op &op, Eval &eval) {
  elementwise<2>(op, eval, [](auto x, auto y) { return exactMin(x, y); });
}

// A tie gives the gradient to b, as the comparison a > b does; finite differences cannot tell.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value aWins = b.greater(op.operand(1), op.operand(0));
  Value zero = b.scalar(0, dy[0]);
  return {b.select(aWins, dy[0], zero), b.select(aWins, zero, dy[0])};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Min); }

constexpr llvm::StringLiteral kOperands[] = {"a", "b"};
constexpr llvm::StringLiteral kExamples[] = {"minimum(f32[2,3], f32[2,3])", "minimum(f32[4,3], f32[3])",
                                             "minimum(f32[2,1,3], f32[4,1])", "minimum(f32[5], f32[])"};
} // namespace

extern const OpDef minimum;
constexpr OpDef minimum = {.name = "minimum",
                           .role = Role::Op,
                           .layer = "",
                           .doc = "The smaller of a and b, element by element; NaN if either is.",
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
static_assert(lawful(minimum));

} // namespace dlc::ops
