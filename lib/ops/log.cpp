// The natural logarithm, element by element; the algorithm is that of exact_math.h in every width.
// It does not clip: losses that need care near 0 are written from logits.
#include "elementwise.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "log"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactLog(x); });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) { return {b.div(dy[0], op.operand(0))}; }

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Log); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"log(f32[2,3])", "log(f32[37])", "log(f32[])"};
} // namespace

extern const OpDef log;
constexpr OpDef log = {.name = "log",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "The natural logarithm, within 2 ulp; NaN below 0, -infinity at 0.",
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
static_assert(lawful(log));

} // namespace dlc::ops
