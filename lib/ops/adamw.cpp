// AdamW (Loshchilov and Hutter 2019): Adam whose weight decay does not pass through the moments.
// The op is the decay alone; with weight_decay = 0 all is Adam's.
#include "adam.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return adamUpdate(b, decayedParam(b), b.gradient, "adamw"); }

void infer(OpView &op) { inferUpdate(op, 1, 1); }

Values decompose(const Op &op, Builder &b) { return {b.mul(op.operand(0), op.operand(1))}; }

} // namespace

extern constexpr OpDef adamw =
    lawful({.name = "adamw",
            .role = Role::Optimizer,
            .layer = "AdamW",
            .doc = "Adam with decoupled weight decay: param is first multiplied by 1 - lr weight_decay.",
            .operands = {"param", "kept"},
            .args = kAdamArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .lower = lowerUpdate,
            .examples = {"adamw(f32[5,3], f32[])"}});

} // namespace dlc::ops
