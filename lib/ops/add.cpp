// Addition, element by element with broadcasting.
// It does not sum over an axis; see sum.
#include "elementwise.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "+"); }

void reference(const Op &op, Eval &eval) {
  elementwise<2>(op, eval, [](auto x, auto y) { return x + y; });
}

Values grad(const Op &, llvm::ArrayRef<Value> dy, Builder &) { return {dy[0], dy[0]}; }

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Add); }

constexpr llvm::StringLiteral kOperands[] = {"a", "b"};
constexpr llvm::StringLiteral kExamples[] = {"add(f32[2,3], f32[2,3])", "add(f32[4,3], f32[3])",
                                             "add(f32[2,1,3], f32[4,1])", "add(f32[5], f32[])"};
} // namespace

extern const OpDef add;
constexpr OpDef add = {.name = "add",
                       .role = Role::Op,
                       .layer = "",
                       .doc = "a + b, element by element.",
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
static_assert(lawful(add));

} // namespace dlc::ops
