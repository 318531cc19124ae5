// Cross-entropy of class indices from logits: mean over the batch of log(sum e^x) - x[target].
// A final Softmax is not part of it; dsl/build hands over what the Softmax reads.
#include "class_rows.h"
#include "exp_excess.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

struct CrossEntropyAttrs {
  double smoothing = 0;
  static constexpr auto fields() { return std::array{field<&CrossEntropyAttrs::smoothing>("smoothing")}; }
};

// Smoothed, the truth is (1 - s) one_hot + s / C, as in PyTorch; the loss of a row grows by s (x[target] - mean(x)).
Value rowLosses(Builder &b, Value x, Value target, double smoothing) {
  Value loss = b.makeOp("softmax_cross_entropy", {x, target})->result(1);
  if (smoothing != 0)
    loss = b.add(loss, b.mul(b.sub(b.make("pick", {x, target}), b.mean(x, {1})), b.scalar(smoothing, x)));
  return loss;
}

Value build(LayerBuilder &b) {
  const double smoothing = b.args.number("smoothing");
  if (b.weight)
    return b.mean(b.mul(rowLosses(b, b.input, b.target, smoothing), b.weight), {0});
  return b.make("cross_entropy", {b.input, b.target}, CrossEntropyAttrs{smoothing});
}

void infer(OpView &op) {
  if (fitsClasses(op, "CrossEntropy"))
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  return {b.mean(rowLosses(b, op.operand(0), op.operand(1), op.attrs<CrossEntropyAttrs>().smoothing), {0})};
}

// -- softmax_cross_entropy(x, target) -> probabilities [N,C], losses [N] -------------------------------------------

void inferRows(OpView &op) {
  if (!fitsClasses(op, "CrossEntropy"))
    return;
  op.result(op.type(0));
  op.result({op.type(0).dtype, {op.shape(0)[0]}});
}

Values decomposeRows(const Op &op, Builder &b) {
  Value x = op.operand(0);
  Value z = b.sub(x, b.reduceMax(x, {1}, true));
  Value e = b.exp(z), rest = expExcess(b, z, e);
  Value picked = b.make("pick", {z, op.operand(1)});
  Value loss = b.sub(b.make("log1p", {b.reshape(rest, {rest.shape()[0]})}), picked);
  return {b.div(e, b.add(rest, b.scalar(1, rest))), loss};
}

// The probabilities are kept for this: d loss = p - one_hot(target).
Values gradRows(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value p = op.result(0);
  Value dx;
  if (dy[1]) {
    Value hot = b.make("one_hot", {op.operand(1)}, OneHotAttrs{p.shape()[1], p.dtype()});
    dx = b.mul(b.sub(p, hot), b.reshape(dy[1], {p.shape()[0], 1}));
  }
  if (dy[0]) {
    Value through = b.make("softmax_grad", {p, dy[0]});
    dx = dx ? b.add(dx, through) : through;
  }
  return {dx, none()};
}

void lowerRows(const Op &op, Emitter &e) { e.rows(op, kernels::RowsOp::CrossEntropy, {op.operand(0), op.operand(1)}); }

constexpr OpDef kRows =
    lawful({.name = "softmax_cross_entropy",
            .doc = "Softmax of each row, kept for the backward pass, and cross-entropy of each row.",
            .operands = {"logits", "target"},
            .infer = inferRows,
            .decompose = decomposeRows,
            .grad = gradRows,
            .lower = lowerRows,
            .examples = {"softmax_cross_entropy(f32[5,10], i32[5])", "softmax_cross_entropy(f32[3,33], i32[3])"}});
constexpr const OpDef *kAlso[] = {&kRows};

constexpr ArgSpec kArgs[] = {
    arg::number("smoothing", "0", "fraction of the target spread evenly over all classes").from(0).below(1)};
} // namespace

extern constexpr OpDef cross_entropy =
    lawful({.name = "cross_entropy",
            .role = Role::Loss,
            .layer = "CrossEntropy",
            .doc = "Cross-entropy of class indices from logits, mean over the batch.",
            .operands = {"logits", "target"},
            .attrs = attrTable<CrossEntropyAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"cross_entropy(f32[5,10], i32[5])", "cross_entropy(f32[4,3], i32[4]) {smoothing=0.1}"},
            .also = kAlso,
            .target = LossTarget::Class});

} // namespace dlc::ops
