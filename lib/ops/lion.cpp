// Lion (Chen et al. 2023): the sign of an interpolated momentum, with decoupled weight decay.
// Its steps all have the same size, so lr is smaller than for Adam.
#include "optimizer.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {
namespace {

struct LionAttrs {
  double beta1 = 0.9, weight_decay = 0;
  static constexpr auto fields() {
    return std::array{field<&LionAttrs::beta1>("beta1"), field<&LionAttrs::weight_decay>("weight_decay")};
  }
};

Value build(LayerBuilder &b) {
  double decay = b.input.op->attrs<ParamAttrs>().decay ? b.args.number("weight_decay") : 0;
  Value before;
  runningMean(b, "lion.m", b.gradient, b.args.number("beta2"), &before);
  return b.make("lion", {b.input, b.gradient, before, b.lr}, LionAttrs{b.args.number("beta1"), decay});
}

void infer(OpView &op) { inferUpdate(op, 3, 1); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<LionAttrs>();
  Value w = op.operand(0), g = op.operand(1), m = op.operand(2), lr = op.operand(3);
  auto number = [&](double x) { return b.scalar(x, w); };
  Value c = b.add(m, b.mul(b.sub(g, m), number(1 - attrs.beta1))), zero = number(0);
  Value step = b.sub(b.greater(c, zero), b.greater(zero, c));
  if (attrs.weight_decay != 0)
    step = b.add(step, b.mul(w, number(attrs.weight_decay)));
  return {b.sub(w, b.mul(step, lr))};
}

constexpr ArgSpec kArgs[] = {arg::number("beta1", "0.9", "weight of the momentum in the step").from(0).below(1),
                             arg::number("beta2", "0.99", "decay of the momentum").from(0).below(1), kWeightDecay};

} // namespace

extern constexpr OpDef lion =
    lawful({.name = "lion",
            .role = Role::Optimizer,
            .layer = "Lion",
            .doc = "c = beta1 m + (1-beta1) g; param' = param - lr (sign(c) + decay param); m is a running mean of g.",
            .operands = {"param", "grad", "m", "lr"},
            .attrs = attrTable<LionAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .lower = lowerUpdate,
            .examples = {"lion(f32[5,3], f32[5,3], f32[5,3], f32[])",
                         "lion(f32[7], f32[7], f32[7], f32[]) {weight_decay=0.1}"}});

} // namespace dlc::ops
