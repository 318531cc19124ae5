// The logarithm of softmax over the last axis, without forming the quotient.
// Losses on classes do not need it: cross_entropy works from logits.
#include "elementwise.h"
#include "exp_excess.h"
#include "last_axis.h"
#include "sample_axis.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return alongSampleAxis(b, "LogSoftmax", "log_softmax"); }

void infer(OpView &op) {
  if (op.shape(0).empty())
    op.error("E230") << "LogSoftmax needs at least one axis, found a scalar";
  else
    op.result(op.type(0));
}

int64_t lastAxis(Value x) { return static_cast<int64_t>(x.shape().size()) - 1; }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  Value z = b.sub(x, b.reduceMax(x, {lastAxis(x)}, true));
  return {b.sub(z, b.make("log1p", {expExcess(b, z, b.exp(z))}))};
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.make("log_softmax_grad", {op.result(), dy[0]})};
}

void lower(const Op &op, Emitter &e) { e.rows(op, kernels::RowsOp::LogSoftmax, {op.operand(0)}); }

// -- log_softmax_grad(y, dy) = dy - e^y sum(dy) ------------------------------------------------------------------

void inferGrad(OpView &op) { inferElementwise(op, "log_softmax_grad"); }

Values decomposeGrad(const Op &op, Builder &b) {
  Value y = op.operand(0), dy = op.operand(1);
  return {b.sub(dy, b.mul(b.exp(y), b.sum(dy, {lastAxis(y)}, true)))};
}

void lowerGrad(const Op &op, Emitter &e) {
  e.rows(op, kernels::RowsOp::LogSoftmaxGrad, {op.operand(0), op.operand(1)});
}

constexpr OpDef kLogSoftmaxGrad = lawful({.name = "log_softmax_grad",
                                          .doc = "Gradient of log_softmax, from its result y: dy - e^y sum(dy).",
                                          .operands = {"y", "dy"},
                                          .infer = inferGrad,
                                          .decompose = decomposeGrad,
                                          .lower = lowerGrad,
                                          .examples = {"log_softmax_grad(f32[4,10], f32[4,10])"}});
constexpr const OpDef *kAlso[] = {&kLogSoftmaxGrad};

constexpr ArgSpec kArgs[] = {arg::number("axis", "-1", "axis of the sample to normalise along")};

} // namespace

extern constexpr OpDef log_softmax = lawful({.name = "log_softmax",
                                             .role = Role::Layer,
                                             .layer = "LogSoftmax",
                                             .doc = "The logarithm of softmax along an axis.",
                                             .operands = {"x"},
                                             .args = kArgs,
                                             .infer = infer,
                                             .build = build,
                                             .decompose = decompose,
                                             .grad = grad,
                                             .lower = lower,
                                             .step = stepRows,
                                             .examples = {"log_softmax(f32[4,10])", "log_softmax(f32[2,3,33])"},
                                             .also = kAlso,
                                             .range = {.high = 0},
                                             .probability = Probability::LogOfClasses,
                                             .heldTogether = lastAxis});

} // namespace dlc::ops
