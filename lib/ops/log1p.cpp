// log(1 + x), element by element, without losing a small x.
// The algorithm is that of exact_functions.h in every width.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "log1p"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactLog1p(x); });
}

// dy / (1 + x)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0);
  return {b.div(dy[0], b.add(b.scalar(1, x), x))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Log1p); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"log1p(f32[4,33])", "log1p(f32[37])", "log1p(f32[])"};
} // namespace

extern const OpDef log1p;
constexpr OpDef log1p = {.name = "log1p",
                         .role = Role::Op,
                         .layer = "",
                         .doc = "The natural logarithm of 1 + x, within 2 ulp; NaN below -1, -infinity at -1.",
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
                         .positive = true,
                         .elementwise = true};
static_assert(lawful(log1p));

} // namespace dlc::ops
