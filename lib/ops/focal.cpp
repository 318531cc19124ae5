// Focal loss of class indices from logits (Lin et al. 2017): mean over the batch of (1 - p)^gamma (-log p), where p is
// the probability of the right class. Classes that are already known count little; alpha is class_weights of [train].
#include "class_rows.h"

#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct FocalAttrs {
  double gamma = 2;
  static constexpr auto fields() { return std::array{field<&FocalAttrs::gamma>("gamma")}; }
};

// 1 - p is -expm1 of minus the cross-entropy, which keeps its digits where p is near 1; the power is taken of what is
// left above the smallest numbers, so that neither it nor its slope is 0 / 0 where nothing is.
Value rowLosses(Builder &b, Value x, Value target, double gamma) {
  Value loss = b.makeOp("softmax_cross_entropy", {x, target})->result(1);
  Value wrong = b.neg(b.make("expm1", {b.neg(loss)}));
  Value power = b.exp(b.mul(b.log(b.maximum(wrong, b.scalar(1e-30, x))), b.scalar(gamma, x)));
  return b.mul(power, loss);
}

Value build(LayerBuilder &b) {
  const double gamma = b.args.number("gamma");
  if (b.weight)
    return b.mean(b.mul(rowLosses(b, b.input, b.target, gamma), b.weight), {0});
  return b.make("focal", {b.input, b.target}, FocalAttrs{gamma});
}

void infer(OpView &op) {
  if (fitsClasses(op, "Focal"))
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  return {b.mean(rowLosses(b, op.operand(0), op.operand(1), op.attrs<FocalAttrs>().gamma), {0})};
}

constexpr ArgSpec kArgs[] = {
    arg::number("gamma", "2", "how strongly well-classified samples are discounted; 0 is CrossEntropy")
        .from(0)
        .upTo(20)};
} // namespace

extern constexpr OpDef focal = lawful({.name = "focal",
                                       .role = Role::Loss,
                                       .layer = "Focal",
                                       .doc = "(1 - p)^gamma (-log p) of the right class, mean over the batch.",
                                       .operands = {"logits", "target"},
                                       .attrs = attrTable<FocalAttrs>(),
                                       .args = kArgs,
                                       .infer = infer,
                                       .build = build,
                                       .decompose = decompose,
                                       .examples = {"focal(f32[5,10], i32[5])", "focal(f32[4,3], i32[4]) {gamma=0.5}"},
                                       .target = LossTarget::Class});

} // namespace dlc::ops
