// Dice loss of masks from logits (Milletari et al. 2016): 1 - (2 sum p t + smooth) / (sum p + sum t + smooth) over all
// numbers of a sample, p their Sigmoid; mean over the batch. A small object counts as much as a large one.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct DiceAttrs {
  double smooth = 1;
  static constexpr auto fields() { return std::array{field<&DiceAttrs::smooth>("smooth")}; }
};

Value sampleLosses(Builder &b, Value logits, Value target, double smooth) {
  const int64_t rows = logits.shape().front();
  const Shape flat = {rows, rows ? logits.type().elements() / rows : 0};
  Value p = b.reshape(b.make("sigmoid", {logits}), flat), t = b.reshape(target, flat);
  Value more = b.scalar(smooth, p);
  Value both = b.add(b.mul(b.sum(b.mul(p, t), {1}), b.scalar(2, p)), more);
  Value all = b.add(b.add(b.sum(p, {1}), b.sum(t, {1})), more);
  return b.sub(b.scalar(1, p), b.div(both, all));
}

Value build(LayerBuilder &b) {
  const double smooth = b.args.number("smooth");
  if (b.weight)
    return b.mean(b.mul(sampleLosses(b, b.input, b.target, smooth), b.weight), {0});
  return b.make("dice", {b.input, b.target}, DiceAttrs{smooth});
}

void infer(OpView &op) {
  if (op.type(0) == op.type(1) && op.shape(0).size() >= 2)
    op.result({op.type(0).dtype, {}});
  else
    op.error("E270") << "Dice compares samples of one shape, found " << op.type(0) << " and " << op.type(1);
}

Values decompose(const Op &op, Builder &b) {
  return {b.mean(sampleLosses(b, op.operand(0), op.operand(1), op.attrs<DiceAttrs>().smooth), {0})};
}

constexpr ArgSpec kArgs[] = {
    arg::number("smooth", "1", "added to numerator and denominator, so that empty masks have a loss too").above(0)};
} // namespace

extern constexpr OpDef dice = lawful(
    {.name = "dice",
     .role = Role::Loss,
     .layer = "Dice",
     .doc = "1 - 2 |p and t| / (|p| + |t|) of each sample, with p the Sigmoid of the output; mean over the batch.",
     .operands = {"logits", "target"},
     .attrs = attrTable<DiceAttrs>(),
     .args = kArgs,
     .infer = infer,
     .build = build,
     .decompose = decompose,
     .examples = {"dice(f32[5,3], f32[5,3])", "dice(f32[2,1,3,5], f32[2,1,3,5]) {smooth=0.5}"},
     .positive = true,
     .target = LossTarget::Answers});

} // namespace dlc::ops
