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

constexpr OpDef kLong = lawful({.name = "running_mean_long",
                                .doc = "running_mean with the mean stored as the sum of two numbers.",
                                .operands = {"mean", "low", "sample"},
                                .attrs = attrTable<RunningMeanAttrs>(),
                                .infer = inferLong,
                                .decompose = decomposeLong,
                                .lower = lowerUpdate,
                                .examples = {"running_mean_long(f32[5,3], f32[5,3], f32[5,3]) {rate=1e-06}"},
                                .differentiable = false});
constexpr const OpDef *kAlso[] = {&kLong};

} // namespace

extern constexpr OpDef running_mean = lawful({.name = "running_mean",
                                              .doc = "mean + rate (sample - mean).",
                                              .operands = {"mean", "sample"},
                                              .attrs = attrTable<RunningMeanAttrs>(),
                                              .infer = infer,
                                              .decompose = decompose,
                                              .lower = lowerUpdate,
                                              .examples = {"running_mean(f32[5,3], f32[5,3]) {rate=0.1}"},
                                              .also = kAlso,
                                              .differentiable = false});

} // namespace dlc::ops
