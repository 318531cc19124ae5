// AdamW (Loshchilov and Hutter 2019): Adam whose weight decay does not pass through the moments.
// The op is the decay alone; with weight_decay = 0 all is Adam's.
#include "adam.h"

namespace dlc::ops {
namespace {

// What a parameter keeps of itself, 1 - lr weight_decay, is a scalar and computed once for all.
Value build(LayerBuilder &b) {
  const double decay = b.input.op->attrs<ParamAttrs>().decay ? b.args.number("weight_decay") : 0;
  Value param = b.input;
  if (decay != 0) {
    Value kept = b.sub(b.scalar(1, b.lr), b.mul(b.lr, b.scalar(decay, b.lr)));
    kept.op->setLabel("kept");
    param = b.make("adamw", {b.input, kept});
  }
  return adamUpdate(b, param, b.gradient, "adamw");
}

void infer(OpView &op) { inferUpdate(op, 1, 1); }

Values decompose(const Op &op, Builder &b) { return {b.mul(op.operand(0), op.operand(1))}; }

} // namespace

extern constexpr OpDef adamw =
    lawful({.name = "adamw",
            .role = Role::Optimizer,
            .layer = "AdamW",
            .doc = "param shrunk by 1 - lr weight_decay, then as Adam on the plain gradient.",
            .operands = {"param", "kept"},
            .args = kAdamArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .lower = lowerUpdate,
            .examples = {"adamw(f32[5,3], f32[])"}});

} // namespace dlc::ops
