// The square root, element by element, correctly rounded.
// It adds no epsilon; optimizers and norms add theirs.
#include "elementwise.h"

#include "dlc/lower/emitter.h"
#include <cmath>

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "sqrt"); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return std::sqrt(x); });
}

// dy / (2 sqrt x)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.div(b.mul(dy[0], b.scalar(0.5, dy[0])), op.result())};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Sqrt); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"sqrt(f32[2,3])", "sqrt(f32[37])", "sqrt(f32[])"};
} // namespace

extern const OpDef sqrt;
constexpr OpDef sqrt = {.name = "sqrt",
                        .role = Role::Op,
                        .layer = "",
                        .doc = "The square root; NaN below 0.",
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
static_assert(lawful(sqrt));

} // namespace dlc::ops
