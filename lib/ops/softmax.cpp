// Softmax over the last axis, with the largest element subtracted first.
// CrossEntropy skips a final Softmax and reads the logits; see cross_entropy.
#include "elementwise.h"
#include "last_axis.h"
#include "sample_axis.h"

#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return alongSampleAxis(b, "Softmax", "softmax"); }

void infer(OpView &op) {
  if (op.shape(0).empty())
    op.error("E230") << "Softmax needs at least one axis, found a scalar";
  else
    op.result(op.type(0));
}

int64_t lastAxis(Value x) { return static_cast<int64_t>(x.shape().size()) - 1; }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  Value e = b.exp(b.sub(x, b.reduceMax(x, {lastAxis(x)}, true)));
  return {b.div(e, b.sum(e, {lastAxis(x)}, true))};
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.make("softmax_grad", {op.result(), dy[0]})};
}

void lower(const Op &op, Emitter &e) { e.rows(op, kernels::RowsOp::Softmax, {op.operand(0)}); }

// -- softmax_grad(y, dy) = y (dy - sum(dy y)) -------------------------------------------------------------------

void inferGrad(OpView &op) { inferElementwise(op, "softmax_grad"); }

Values decomposeGrad(const Op &op, Builder &b) {
  Value y = op.operand(0), dy = op.operand(1);
  return {b.mul(y, b.sub(dy, b.sum(b.mul(dy, y), {lastAxis(y)}, true)))};
}

void lowerGrad(const Op &op, Emitter &e) { e.rows(op, kernels::RowsOp::SoftmaxGrad, {op.operand(0), op.operand(1)}); }

constexpr OpDef kSoftmaxGrad = lawful({.name = "softmax_grad",
                                       .doc = "Gradient of softmax, from its result y: y (dy - sum(dy y)).",
                                       .operands = {"y", "dy"},
                                       .infer = inferGrad,
                                       .decompose = decomposeGrad,
                                       .lower = lowerGrad,
                                       .examples = {"softmax_grad(f32[4,10], f32[4,10])"}});
constexpr const OpDef *kAlso[] = {&kSoftmaxGrad};

constexpr ArgSpec kArgs[] = {arg::number("axis", "-1", "axis of the sample to normalise along")};

} // namespace

extern constexpr OpDef softmax = lawful({.name = "softmax",
                                         .role = Role::Layer,
                                         .layer = "Softmax",
                                         .doc = "e^x divided by its sum along an axis.",
                                         .operands = {"x"},
                                         .args = kArgs,
                                         .infer = infer,
                                         .build = build,
                                         .decompose = decompose,
                                         .grad = grad,
                                         .lower = lower,
                                         .step = stepRows,
                                         .examples = {"softmax(f32[4,10])", "softmax(f32[2,3,33])"},
                                         .also = kAlso,
                                         .range = {.low = 0, .high = 1},
                                         .probability = Probability::OfClasses,
                                         .heldTogether = lastAxis});

} // namespace dlc::ops
