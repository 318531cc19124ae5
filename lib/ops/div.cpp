// Division, element by element with broadcasting; IEEE rules for zero and infinity.
// It never traps and never rounds to whole numbers.
#include "elementwise.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "/"); }

void reference(const Op &op, Eval &eval) {
  elementwise<2>(op, eval, [](auto x, auto y) { return x / y; });
}

// d(a/b) = da / b - (a/b) db / b
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value da = b.div(dy[0], op.operand(1));
  return {da, b.neg(b.mul(da, op.result()))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Div); }

constexpr llvm::StringLiteral kOperands[] = {"a", "b"};
constexpr llvm::StringLiteral kExamples[] = {"div(f32[2,3], f32[2,3])", "div(f32[4,3], f32[3])",
                                             "div(f32[2,1,3], f32[4,1])", "div(f32[5], f32[])"};
} // namespace

extern const OpDef div;
constexpr OpDef div = {.name = "div",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "a / b, element by element.",
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
static_assert(lawful(div));

} // namespace dlc::ops
