// What the optimizers share: arguments, weight_decay and its meaning as L2 regularisation.
// It updates nothing.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {

inline constexpr ArgSpec kWeightDecay =
    arg::number("weight_decay", "0", "pulls weights, but not biases and norms, towards 0").from(0);

inline constexpr ArgSpec kEps = arg::number("eps", "1e-8", "added to the denominator").above(0);

/// L2 regularisation: the gradient of decay/2 w^2 joins the loss's, for weights only.
inline Value decayedGradient(LayerBuilder &b) {
  double decay = b.args.number("weight_decay");
  if (decay == 0 || !b.input.op->attrs<ParamAttrs>().decay)
    return b.gradient;
  return b.add(b.gradient, b.mul(b.input, b.scalar(decay, b.input)));
}

/// Decoupled decay: what is left of the parameter, if it is a weight. What it keeps of itself, 1 - lr weight_decay, is
/// a scalar and computed once for all.
inline Value decayedParam(LayerBuilder &b) {
  const double decay = b.args.number("weight_decay");
  if (decay == 0 || !b.input.op->attrs<ParamAttrs>().decay)
    return b.input;
  Value kept = b.sub(b.scalar(1, b.lr), b.mul(b.lr, b.scalar(decay, b.lr)));
  kept.op->setLabel("kept");
  return b.make("adamw", {b.input, kept});
}

/// The rule of every optimizer op: first operand, gradient and states have one type; results repeat it `results` times.
inline void inferUpdate(OpView &op, size_t sameType, size_t results) {
  for (size_t i = 1; i < sameType; ++i)
    if (op.type(i) != op.type(0)) {
      op.error("E230") << "an update takes values of one type, found " << op.type(0) << " and " << op.type(i);
      return;
    }
  for (size_t i = 0; i < results; ++i)
    op.result(op.type(0));
}

/// Every update is one tile program.
inline void lowerUpdate(const Op &op, Emitter &e) { e.composite(op); }

} // namespace dlc::ops
