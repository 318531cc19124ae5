// e^x - 1, element by element, without the cancellation near 0.
// The algorithm is that of exact_functions.h in every width.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "expm1"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactExpm1(x); });
}

// e^x = y + 1 loses what is small; e^x itself does not.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) { return {b.mul(dy[0], b.exp(op.operand(0)))}; }

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Expm1); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"expm1(f32[4,33])", "expm1(f32[37])", "expm1(f32[])"};
} // namespace

extern const OpDef expm1;
constexpr OpDef expm1 = {.name = "expm1",
                         .role = Role::Op,
                         .layer = "",
                         .doc = "e to the x, minus 1, within 2 ulp.",
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
static_assert(lawful(expm1));

} // namespace dlc::ops
