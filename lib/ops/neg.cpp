// Negation, element by element; flips the sign of zero too.
// A difference is sub.
#include "elementwise.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "neg"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return -x; });
}

Values grad(const Op &, llvm::ArrayRef<Value> dy, Builder &b) { return {b.neg(dy[0])}; }

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Neg); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"neg(f32[2,3])", "neg(f32[37])", "neg(f32[])"};
} // namespace

extern const OpDef neg;
constexpr OpDef neg = {.name = "neg",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "-x.",
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
static_assert(lawful(neg));

} // namespace dlc::ops
