// Adam (Kingma and Ba 2015): first and second moments, both bias-corrected; w -= lr m^ / (sqrt(v^) + eps).
// Weight decay is L2 here; decoupled decay is AdamW.
#include "adam.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return adamUpdate(b, b.input, decayedGradient(b), "adam"); }

void infer(OpView &op) { inferUpdate(op, 4, 3); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<AdamAttrs>();
  Value g = op.operand(1);
  Value m = b.make("running_mean", {op.operand(2), g}, RunningMeanAttrs{attrs.rate_m});
  Value v = b.make("running_mean", {op.operand(3), b.mul(g, g)}, RunningMeanAttrs{attrs.rate_v});
  return {b.make("adam_step", {op.operand(0), m, v, op.operand(4), op.operand(5)}, AdamStepAttrs{attrs.eps}), m, v};
}

// -- adam_step(param, m, v, step, correction) -> param' ------------------------------------------------------------

void inferStep(OpView &op) { inferUpdate(op, 3, 1); }

Values decomposeStep(const Op &op, Builder &b) {
  Value w = op.operand(0), m = op.operand(1), v = op.operand(2), step = op.operand(3), correction = op.operand(4);
  Value denominator = b.add(b.sqrt(b.mul(v, correction)), b.scalar(op.attrs<AdamStepAttrs>().eps, w));
  return {b.sub(w, b.div(b.mul(m, step), denominator))};
}

constexpr OpDef kStep = lawful({.name = "adam_step",
                                .doc = "param' = param - m step / (sqrt(v correction) + eps).",
                                .operands = {"param", "m", "v", "step", "correction"},
                                .attrs = attrTable<AdamStepAttrs>(),
                                .infer = inferStep,
                                .decompose = decomposeStep,
                                .lower = lowerUpdate,
                                .examples = {"adam_step(f32[5,3], f32[5,3], f32[5,3], f32[], f32[])"},
                                .differentiable = false,
                                .positive = true});
constexpr const OpDef *kAlso[] = {&kStep};

} // namespace

extern constexpr OpDef adam =
    lawful({.name = "adam",
            .role = Role::Optimizer,
            .layer = "Adam",
            .doc = "m and v are running means of g and g^2; param' = param - lr m^ / (sqrt(v^) + eps).",
            .operands = {"param", "grad", "m", "v", "step", "correction"},
            .attrs = attrTable<AdamAttrs>(),
            .args = kAdamArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .lower = lowerUpdate,
            .examples = {"adam(f32[5,3], f32[5,3], f32[5,3], f32[5,3], f32[], f32[])",
                         "adam(f32[7], f32[7], f32[7], f32[7], f32[], f32[]) {rate_v=0.5}"},
            .also = kAlso,
            .positive = true});

} // namespace dlc::ops
