// Mish (Misra 2019): x tanh(softplus(x)).
// It has no parameters.
#include "elementwise.h"

#include "dlc/ir/exact_functions.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "mish"); }

Value build(LayerBuilder &b) { return b.make("mish", {b.input}); }

void reference(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactMish(x); });
}

Value gateSlope(Builder &b, Value x, Value t) {
  return b.mul(b.sub(b.scalar(1, t), b.mul(t, t)), b.make("sigmoid", {x}));
}

// With t = tanh(softplus(x)), whose slope is (1 - t^2) sigmoid(x): t + x (1 - t^2) sigmoid(x).
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), t = b.make("mish_gate", {x});
  return {b.mul(dy[0], b.add(t, b.mul(x, gateSlope(b, x, t))))};
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Mish); }

// -- mish_gate(x) = tanh(softplus(x)) -----------------------------------------------------------------------------

void referenceGate(const Op &op, Eval &eval) {
  elementwise<1>(op, eval, [](auto x) { return exactMishGate(x); });
}

Values gradGate(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.mul(dy[0], gateSlope(b, op.operand(0), op.result()))};
}

void lowerGate(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::MishGate); }

constexpr llvm::StringLiteral kGateOperands[] = {"x"};
constexpr llvm::StringLiteral kGateExamples[] = {"mish_gate(f32[4,33])"};
constexpr OpDef kGate = {.name = "mish_gate",
                         .role = Role::Op,
                         .layer = "",
                         .doc = "tanh(log(1 + e^x)), within 2 ulp.",
                         .operands = kGateOperands,
                         .attrs = {},
                         .args = {},
                         .infer = infer,
                         .build = nullptr,
                         .decompose = nullptr,
                         .reference = referenceGate,
                         .grad = gradGate,
                         .lower = lowerGate,
                         .examples = kGateExamples,
                         .elementwise = true};
static_assert(lawful(kGate));
constexpr const OpDef *kAlso[] = {&kGate};
constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"mish(f32[4,33])", "mish(f32[37])", "mish(f32[])"};
} // namespace

extern const OpDef mish;
constexpr OpDef mish = {.name = "mish",
                        .role = Role::Layer,
                        .layer = "Mish",
                        .doc = "x tanh(log(1 + e^x)), within 2 ulp.",
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
                        .also = kAlso,
                        .elementwise = true};
static_assert(lawful(mish));

} // namespace dlc::ops
