// Multiplication, element by element with broadcasting.
// The matrix product is matmul.
#include "elementwise.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "*"); }

void reference(const Op &op, Eval &eval) {
  elementwise<2>(op, eval, [](auto x, auto y) { return x * y; });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.mul(dy[0], op.operand(1)), b.mul(dy[0], op.operand(0))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Mul); }

constexpr llvm::StringLiteral kOperands[] = {"a", "b"};
constexpr llvm::StringLiteral kExamples[] = {"mul(f32[2,3], f32[2,3])", "mul(f32[4,3], f32[3])",
                                             "mul(f32[2,1,3], f32[4,1])", "mul(f32[5], f32[])"};
} // namespace

extern const OpDef mul;
constexpr OpDef mul = {.name = "mul",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "a * b, element by element.",
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
static_assert(lawful(mul));

} // namespace dlc::ops
