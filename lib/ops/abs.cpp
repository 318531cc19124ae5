// Magnitude, element by element.
// It is no norm: nothing is summed.
#include "elementwise.h"

#include "dlc/lower/emitter.h"
#include <cmath>

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "abs"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return std::fabs(x); });
}

// The sign of x, and 0 at 0.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  return {b.mul(dy[0], b.sub(b.greater(x, zero), b.greater(zero, x)))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Abs); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"abs(f32[2,3])", "abs(f32[37])", "abs(f32[])"};
} // namespace

extern const OpDef abs;
constexpr OpDef abs = {.name = "abs",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "The magnitude of x.",
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
static_assert(lawful(abs));

} // namespace dlc::ops
