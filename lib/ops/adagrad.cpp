// AdaGrad (Duchi et al. 2011): steps shrink with the sum of squared gradients; w -= lr g / (sqrt(s) + eps).
// The sum starts at 0 and never forgets; rmsprop does.
#include "optimizer.h"

namespace dlc::ops {
namespace {

struct AdagradAttrs {
  double eps = 1e-8;
  static constexpr auto fields() { return std::array{field<&AdagradAttrs::eps>("eps")}; }
};

Value build(LayerBuilder &b) {
  Value sum = b.state("adagrad.sum");
  Op *update =
      b.makeOp("adagrad", {b.input, decayedGradient(b), sum, b.lr}, Attrs::of(AdagradAttrs{b.args.number("eps")}));
  b.assign(sum, update->result(1));
  return update->result(0);
}

void infer(OpView &op) { inferUpdate(op, 3, 2); }

Values decompose(const Op &op, Builder &b) {
  Value w = op.operand(0), g = op.operand(1), lr = op.operand(3);
  Value sum = b.add(op.operand(2), b.mul(g, g));
  Value denominator = b.add(b.sqrt(sum), b.scalar(op.attrs<AdagradAttrs>().eps, w));
  return {b.sub(w, b.div(b.mul(g, lr), denominator)), sum};
}

constexpr ArgSpec kArgs[] = {kEps, kWeightDecay};

} // namespace

extern constexpr OpDef adagrad = lawful({.name = "adagrad",
                                         .role = Role::Optimizer,
                                         .layer = "AdaGrad",
                                         .doc = "s' = s + g^2; param' = param - lr g / (sqrt(s') + eps).",
                                         .operands = {"param", "grad", "sum", "lr"},
                                         .attrs = attrTable<AdagradAttrs>(),
                                         .args = kArgs,
                                         .infer = infer,
                                         .build = build,
                                         .decompose = decompose,
                                         .lower = lowerUpdate,
                                         .examples = {"adagrad(f32[5,3], f32[5,3], f32[5,3], f32[])"},
                                         .positive = true});

} // namespace dlc::ops
