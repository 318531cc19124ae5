// RMSProp (Hinton 2012): steps divided by a running root mean square of gradients, optionally with momentum.
// It is not centred and not bias-corrected, as in PyTorch with alpha = 0.99.
#include "optimizer.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {
namespace {

struct RmspropAttrs {
  double eps = 1e-8, momentum = 0;
  static constexpr auto fields() {
    return std::array{field<&RmspropAttrs::eps>("eps"), field<&RmspropAttrs::momentum>("momentum")};
  }
};

Value build(LayerBuilder &b) {
  Value g = decayedGradient(b), velocity = b.state("rmsprop.velocity");
  Value square = runningMean(b, "rmsprop.square", b.mul(g, g), b.args.number("alpha"));
  Op *update = b.makeOp("rmsprop", {b.input, g, square, velocity, b.lr},
                        Attrs::of(RmspropAttrs{b.args.number("eps"), b.args.number("momentum")}));
  b.assign(velocity, update->result(1));
  return update->result(0);
}

void infer(OpView &op) { inferUpdate(op, 4, 2); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<RmspropAttrs>();
  Value w = op.operand(0), g = op.operand(1), lr = op.operand(4);
  auto number = [&](double x) { return b.scalar(x, w); };
  Value step = b.div(g, b.add(b.sqrt(op.operand(2)), number(attrs.eps)));
  Value velocity = b.add(b.mul(op.operand(3), number(attrs.momentum)), step);
  return {b.sub(w, b.mul(velocity, lr)), velocity};
}

constexpr ArgSpec kArgs[] = {
    arg::number("alpha", "0.99", "decay of the running mean of squared gradients").from(0).below(1), kEps,
    arg::number("momentum", "0", "fraction of the previous step to keep").from(0).below(1), kWeightDecay};

} // namespace

extern constexpr OpDef rmsprop =
    lawful({.name = "rmsprop",
            .role = Role::Optimizer,
            .layer = "RMSProp",
            .doc = "s is a running mean of g^2; v' = momentum v + g / (sqrt(s') + eps); param' = param - lr v'.",
            .operands = {"param", "grad", "square", "velocity", "lr"},
            .attrs = attrTable<RmspropAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .lower = lowerUpdate,
            .examples = {"rmsprop(f32[5,3], f32[5,3], f32[5,3], f32[5,3], f32[])"},
            .positive = true});

} // namespace dlc::ops
