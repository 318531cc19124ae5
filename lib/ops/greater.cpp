// Comparison a > b, element by element with broadcasting; 1 or 0 in the operands' dtype.
// It has no gradient: it is flat wherever it is differentiable.
#include "elementwise.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, ">"); }

void reference(const Op &op, Eval &eval) {
  elementwise<2>(op, eval, [](auto x, auto y) { return x > y ? decltype(x)(1) : decltype(x)(0); });
}

void lower(const Op &op, Emitter &e) { e.map(op, kernels::MapOp::Gt); }

constexpr llvm::StringLiteral kOperands[] = {"a", "b"};
constexpr llvm::StringLiteral kExamples[] = {"greater(f32[2,3], f32[2,3])", "greater(f32[4,3], f32[3])",
                                             "greater(f32[2,1,3], f32[4,1])", "greater(f32[5], f32[])"};
} // namespace

extern const OpDef greater;
constexpr OpDef greater = {.name = "greater",
                           .role = Role::Op,
                           .layer = "",
                           .doc = "1 where a > b, else 0, in the operands' dtype; 0 on NaN.",
                           .operands = kOperands,
                           .attrs = {},
                           .args = {},
                           .infer = infer,
                           .build = nullptr,
                           .decompose = nullptr,
                           .reference = reference,
                           .grad = nullptr,
                           .lower = lower,
                           .examples = kExamples,
                           .differentiable = false,
                           .elementwise = true};
static_assert(lawful(greater));

} // namespace dlc::ops
