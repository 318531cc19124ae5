// Exponential means: mean + rate (sample - mean), with rate = 1 - beta.
// Which of the two forms a mean takes is decided in ir/running_mean.cpp.
#include "optimizer.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferUpdate(op, 2, 1); }

Value change(const Op &op, Value mean, Value sample, Builder &b) {
  return b.mul(b.sub(sample, mean), b.scalar(op.attrs<RunningMeanAttrs>().rate, mean));
}

Values decompose(const Op &op, Builder &b) {
  Value mean = op.operand(0);
  return {b.add(mean, change(op, mean, op.operand(1), b))};
}

// -- running_mean_long(mean, low, sample) -> mean', low': the mean is mean + low
// ---------------------------------------

void inferLong(OpView &op) { inferUpdate(op, 3, 2); }

// What rounding takes from the sum (Dekker 1971) is added in the next step.
Values decomposeLong(const Op &op, Builder &b) {
  Value mean = op.operand(0), low = op.operand(1);
  Value step = b.add(change(op, mean, op.operand(2), b), low);
  Value next = b.add(mean, step);
  return {next, b.sub(step, b.sub(next, mean))};
}

constexpr llvm::StringLiteral kLongOperands[] = {"mean", "low", "sample"};
constexpr llvm::StringLiteral kLongExamples[] = {"running_mean_long(f32[5,3], f32[5,3], f32[5,3]) {rate=1e-06}"};
constexpr OpDef kLong = {.name = "running_mean_long",
                         .role = Role::Op,
                         .layer = "",
                         .doc = "running_mean of a mean that is the sum of two numbers.",
                         .operands = kLongOperands,
                         .attrs = attrTable<RunningMeanAttrs>(),
                         .args = {},
                         .infer = inferLong,
                         .build = nullptr,
                         .decompose = decomposeLong,
                         .reference = nullptr,
                         .grad = nullptr,
                         .lower = lowerUpdate,
                         .examples = kLongExamples,
                         .differentiable = false};
static_assert(lawful(kLong));
constexpr const OpDef *kAlso[] = {&kLong};

constexpr llvm::StringLiteral kOperands[] = {"mean", "sample"};
constexpr llvm::StringLiteral kExamples[] = {"running_mean(f32[5,3], f32[5,3]) {rate=0.1}"};
} // namespace

extern const OpDef running_mean;
constexpr OpDef running_mean = {.name = "running_mean",
                                .role = Role::Op,
                                .layer = "",
                                .doc = "mean + rate (sample - mean).",
                                .operands = kOperands,
                                .attrs = attrTable<RunningMeanAttrs>(),
                                .args = {},
                                .infer = infer,
                                .build = nullptr,
                                .decompose = decompose,
                                .reference = nullptr,
                                .grad = nullptr,
                                .lower = lowerUpdate,
                                .examples = kExamples,
                                .also = kAlso,
                                .differentiable = false};
static_assert(lawful(running_mean));

} // namespace dlc::ops
