// Stochastic gradient descent: w -= lr g, or with momentum v = momentum v + g; w -= lr v.
// There is no dampening, and v starts at 0.
#include "optimizer.h"

namespace dlc::ops {
namespace {

struct SgdAttrs {
  double momentum = 0;
  bool nesterov = false;
  static constexpr auto fields() {
    return std::array{field<&SgdAttrs::momentum>("momentum"), field<&SgdAttrs::nesterov>("nesterov")};
  }
};

Value build(LayerBuilder &b) {
  Value g = decayedGradient(b);
  double momentum = b.args.number("momentum");
  if (momentum == 0)
    return b.make("sgd", {b.input, g, b.lr});
  Value velocity = b.state("sgd.velocity");
  Op *update =
      b.makeOp("sgd_momentum", {b.input, g, velocity, b.lr}, Attrs::of(SgdAttrs{momentum, b.args.flag("nesterov")}));
  b.assign(velocity, update->result(1));
  return update->result(0);
}

void infer(OpView &op) { inferUpdate(op, 2, 1); }

Values decompose(const Op &op, Builder &b) { return {b.sub(op.operand(0), b.mul(op.operand(1), op.operand(2)))}; }

// -- sgd_momentum(w, g, v, lr) -> w', v' ---------------------------------------------------------------------------

void inferMomentum(OpView &op) { inferUpdate(op, 3, 2); }

// Nesterov looks ahead: the step is g + momentum v' instead of v' (as in PyTorch).
Values decomposeMomentum(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<SgdAttrs>();
  Value w = op.operand(0), g = op.operand(1), v = op.operand(2), lr = op.operand(3);
  Value momentum = b.scalar(attrs.momentum, w);
  Value next = b.add(b.mul(v, momentum), g);
  Value step = attrs.nesterov ? b.add(g, b.mul(next, momentum)) : next;
  return {b.sub(w, b.mul(step, lr)), next};
}

constexpr OpDef kMomentum =
    lawful({.name = "sgd_momentum",
            .doc = "v' = momentum v + grad; param' = param - lr v' (Nesterov: param - lr (grad + momentum v')).",
            .operands = {"param", "grad", "velocity", "lr"},
            .attrs = attrTable<SgdAttrs>(),
            .infer = inferMomentum,
            .decompose = decomposeMomentum,
            .lower = lowerUpdate,
            .examples = {"sgd_momentum(f32[5,3], f32[5,3], f32[5,3], f32[]) {momentum=0.9}",
                         "sgd_momentum(f32[33], f32[33], f32[33], f32[]) {momentum=0.9, nesterov=true}"}});
constexpr const OpDef *kAlso[] = {&kMomentum};

constexpr ArgSpec kArgs[] = {arg::number("momentum", "0", "fraction of the previous step to keep").from(0).below(1),
                             arg::flag("nesterov", "false", "use Nesterov momentum"), kWeightDecay};

} // namespace

extern constexpr OpDef sgd = lawful({.name = "sgd",
                                     .role = Role::Optimizer,
                                     .layer = "SGD",
                                     .doc = "param' = param - lr grad.",
                                     .operands = {"param", "grad", "lr"},
                                     .args = kArgs,
                                     .infer = infer,
                                     .build = build,
                                     .decompose = decompose,
                                     .lower = lowerUpdate,
                                     .examples = {"sgd(f32[5,3], f32[5,3], f32[])"},
                                     .also = kAlso});

} // namespace dlc::ops
