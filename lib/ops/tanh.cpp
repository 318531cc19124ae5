// The hyperbolic tangent, element by element, as layer and as op.
// The algorithm is that of exact_math.h in every width; nothing here approximates further.
#include "elementwise.h"

#include "dlc/ir/exact_math.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "tanh"); }

Value build(LayerBuilder &b) { return b.make("tanh", {b.input}); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactTanh(x); });
}

// 1 - tanh^2
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value y = op.result();
  return {b.mul(dy[0], b.sub(b.scalar(1, y), b.mul(y, y)))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Tanh); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"tanh(f32[2,3])", "tanh(f32[37])", "tanh(f32[])"};
} // namespace

extern const OpDef tanh;
constexpr OpDef tanh = {.name = "tanh",
                        .role = Role::Layer,
                        .layer = "Tanh",
                        .doc = "The hyperbolic tangent, within 2 ulp.",
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
                        .range = {.low = -1, .high = 1}};
static_assert(lawful(tanh));

} // namespace dlc::ops
