// What Adam and AdamW share: arguments, and an update with both means in one op.
// Which gradient enters the means, and what becomes of the parameter before, is said in their files.
#pragma once

#include "optimizer.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {

struct AdamAttrs {
  double eps = 1e-8;
  double rate_m = 1 - 0.9, rate_v = 1 - 0.999; ///< as RunningMeanAttrs::rate
  static constexpr auto fields() {
    return std::array{field<&AdamAttrs::eps>("eps"), field<&AdamAttrs::rate_m>("rate_m"),
                      field<&AdamAttrs::rate_v>("rate_v")};
  }
};

struct AdamStepAttrs {
  double eps = 1e-8;
  static constexpr auto fields() { return std::array{field<&AdamStepAttrs::eps>("eps")}; }
};

/// The parameter after its update, from what is left of it (b.input, or that decayed) and a gradient. The means are
/// states named after `slot`.
inline Value adamUpdate(LayerBuilder &b, Value param, Value g, llvm::StringRef slot) {
  const double beta1 = b.args.number("beta1"), beta2 = b.args.number("beta2"), eps = b.args.number("eps");
  const std::string mSlot = slot.str() + ".m", vSlot = slot.str() + ".v";
  // Scalars, computed once for all parameters.
  Value step = b.mul(b.lr, biasCorrection(b, beta1)), correction = biasCorrection(b, beta2);
  step.op->setLabel("step");
  if (isLongMean(beta1) || isLongMean(beta2)) {
    Value m = runningMean(b, mSlot, g, beta1), v = runningMean(b, vSlot, b.mul(g, g), beta2);
    return b.make("adam_step", {param, m, v, step, correction}, AdamStepAttrs{eps});
  }
  Value m = b.state(mSlot), v = b.state(vSlot);
  Op *update = b.makeOp("adam", {param, g, m, v, step, correction}, Attrs::of(AdamAttrs{eps, 1 - beta1, 1 - beta2}));
  b.assign(m, update->result(1));
  b.assign(v, update->result(2));
  return update->result(0);
}

constexpr ArgSpec beta(llvm::StringLiteral name, llvm::StringLiteral value, llvm::StringLiteral doc) {
  return arg::number(name, value, doc).from(0).below(1);
}
inline constexpr ArgSpec kAdamArgs[] = {beta("beta1", "0.9", "decay of the running mean of gradients"),
                                        beta("beta2", "0.999", "decay of the running mean of squared gradients"), kEps,
                                        kWeightDecay};

} // namespace dlc::ops
