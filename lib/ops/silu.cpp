// The sigmoid-weighted linear unit, also called swish.
// Its piecewise linear relative is hard_swish.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "silu"); }

Value build(LayerBuilder &b) { return b.make("silu", {b.input}); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactSilu(x); });
}

// s (1 + x (1 - s)) with s = sigmoid(x) and 1 - s = sigmoid(-x).
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), one = b.scalar(1, x);
  Value s = b.make("sigmoid", {x}), rest = b.make("sigmoid", {b.neg(x)});
  return {b.mul(dy[0], b.mul(s, b.add(one, b.mul(x, rest))))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Silu); }
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"silu(f32[4,33])", "silu(f32[37])", "silu(f32[])"};
} // namespace

extern const OpDef silu;
constexpr OpDef silu = {.name = "silu",
                        .role = Role::Layer,
                        .layer = "SiLU",
                        .doc = "x sigmoid(x), within 2 ulp.",
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
                        .elementwise = true};
static_assert(lawful(silu));

} // namespace dlc::ops
