// The exponential, element by element; the algorithm is that of exact_math.h in every width.
// It does not guard against overflow: large x gives infinity.
#include "elementwise.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "exp"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactExp(x); });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) { return {b.mul(dy[0], op.result())}; }

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Exp); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"exp(f32[2,3])", "exp(f32[37])", "exp(f32[])"};
} // namespace

extern const OpDef exp;
constexpr OpDef exp = {.name = "exp",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "e to the x, within 2 ulp; the same bits on every instruction set.",
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
static_assert(lawful(exp));

} // namespace dlc::ops
