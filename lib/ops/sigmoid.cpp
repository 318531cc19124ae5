// The logistic function 1 / (1 + e^-x).
// A final Sigmoid under BCE is skipped in the loss, which reads the logits; see bce.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "sigmoid"); }

Value build(LayerBuilder &b) { return b.make("sigmoid", {b.input}); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactSigmoid(x); });
}

// y (1 - y)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value y = op.result();
  return {b.mul(dy[0], b.mul(y, b.sub(b.scalar(1, y), y)))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Sigmoid); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"sigmoid(f32[4,33])", "sigmoid(f32[37])", "sigmoid(f32[])"};
} // namespace

extern const OpDef sigmoid;
constexpr OpDef sigmoid = {.name = "sigmoid",
                           .role = Role::Layer,
                           .layer = "Sigmoid",
                           .doc = "1 / (1 + e^-x), within 2 ulp.",
                           .operands = kOperands,
                           .attrs = {},
                           .args = {},
                           .infer = infer,
                           .build = build,
                           .decompose = nullptr,
                           .reference = reference,
                           .grad = grad,
                           .lower = lower,
                           .examples = kExamples,
                           .elementwise = true,
                           .range = {.low = 0, .high = 1}};
static_assert(lawful(sigmoid));

} // namespace dlc::ops
