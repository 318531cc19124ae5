// Choice between two values by a condition in the same dtype, element by element with broadcasting.
// The condition has no gradient; the values not chosen get zero.
#include "elementwise.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "select"); }

void reference(const Op &op, Eval &eval) {
  elementwise<3>(op, eval, [](auto condition, auto yes, auto no) { return condition != 0 ? yes : no; });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value zero = b.scalar(0, dy[0]);
  return {none(), b.select(op.operand(0), dy[0], zero), b.select(op.operand(0), zero, dy[0])};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Select); }

constexpr llvm::StringLiteral kOperands[] = {"condition", "yes", "no"};
constexpr llvm::StringLiteral kExamples[] = {"select(f32[2,3], f32[2,3], f32[2,3])", "select(f32[4,1], f32[3], f32[])"};
} // namespace

extern const OpDef select;
constexpr OpDef select = {.name = "select",
                          .role = Role::Op,
                          .layer = "",
                          .doc = "yes where condition is not 0 (NaN is not 0), else no.",
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
                          .elementwise = true};
static_assert(lawful(select));

} // namespace dlc::ops
