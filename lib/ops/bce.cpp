// Binary cross-entropy from logits: mean over batch and outputs of max(z,0) - z t + log(1 + e^-|z|).
// A final Sigmoid is not part of it; dsl/build hands over what the Sigmoid reads.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  if (!b.weight)
    return b.make("bce", {b.input, b.target});
  Value each = b.make("bce_each", {b.input, b.target});
  return b.mean(b.mul(b.reshape(each, b.weight.shape()), b.weight), {0});
}

bool fits(OpView &op) {
  if (op.type(0) == op.type(1))
    return true;
  op.error("E270") << "BCE compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  return false;
}

void infer(OpView &op) {
  if (fits(op))
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value each = b.make("bce_each", {op.operand(0), op.operand(1)});
  return {b.mean(b.reshape(each, {each.type().elements()}), {0})};
}

// -- bce_each(z, t), the losses one by one -------------------------------------------------------------------------

void inferEach(OpView &op) {
  if (fits(op))
    op.result(op.type(0));
}

// For t = 0 and t = 1 one of the first two parts cancels the other to the last digit, and the small rest is kept.
Values decomposeEach(const Op &op, Builder &b) {
  Value z = op.operand(0), t = op.operand(1);
  Value tail = b.make("log1p", {b.exp(b.neg(b.abs(z)))});
  return {b.add(b.sub(b.maximum(z, b.scalar(0, z)), b.mul(z, t)), tail)};
}

// d/dz = sigmoid(z) - t, smooth where the parts above have kinks, as (1 - t) sigmoid(z) - t sigmoid(-z): what is left
// of a confident sample does not cancel. d/dt = -z.
Values gradEach(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value z = op.operand(0), t = op.operand(1);
  Value above = b.mul(b.sub(b.scalar(1, t), t), b.make("sigmoid", {z}));
  Value slope = b.sub(above, b.mul(t, b.make("sigmoid", {b.neg(z)})));
  return {b.mul(slope, dy[0]), b.mul(b.neg(z), dy[0])};
}

constexpr OpDef kEach = lawful({.name = "bce_each",
                                .doc = "Binary cross-entropy from logits, element by element.",
                                .operands = {"logits", "target"},
                                .infer = inferEach,
                                .decompose = decomposeEach,
                                .grad = gradEach,
                                .examples = {"bce_each(f32[5,3], f32[5,3])"}});
constexpr const OpDef *kAlso[] = {&kEach};

} // namespace

extern constexpr OpDef bce = lawful({.name = "bce",
                                     .role = Role::Loss,
                                     .layer = "BCE",
                                     .doc = "Binary cross-entropy from logits, mean over batch and outputs.",
                                     .operands = {"logits", "target"},
                                     .infer = infer,
                                     .build = build,
                                     .decompose = decompose,
                                     .examples = {"bce(f32[5,3], f32[5,3])"},
                                     .also = kAlso,
                                     .target = LossTarget::Answers});

} // namespace dlc::ops
