// The Kullback-Leibler divergence of the net's softmax from target probabilities: mean over the batch of sum t (log t -
// log p). Targets are rows of probabilities; class indices belong to cross_entropy.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("kl", {b.input, b.target}); }

void infer(OpView &op) {
  if (op.type(0) != op.type(1) || op.shape(0).size() != 2)
    op.error("E270") << "KL compares rows of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

// 0 log 0 is 0: where t is 0 the logarithm is taken of 1.
Values decompose(const Op &op, Builder &b) {
  Value t = op.operand(1), zero = b.scalar(0, t);
  Value logT = b.log(b.select(b.greater(t, zero), t, b.scalar(1, t)));
  Value each = b.mul(t, b.sub(logT, b.make("log_softmax", {op.operand(0)})));
  return {b.mean(b.sum(each, {1}), {0})};
}

} // namespace

extern constexpr OpDef kl =
    lawful({.name = "kl",
            .role = Role::Loss,
            .layer = "KL",
            .doc = "KL divergence of softmax(logits) from target probabilities, mean over the batch.",
            .operands = {"logits", "target"},
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"kl(f32[5,3], f32[5,3])"},
            .positive = true,
            .target = LossTarget::Shares});

} // namespace dlc::ops
