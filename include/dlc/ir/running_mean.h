// What keeps its digits over a million steps: running means that forget slowly, and numbers that follow from how many
// updates there were. How optimizers use them is said in their files.
#pragma once

#include "dlc/ir/layer_builder.h"
#include "dlc/support/attrs.h"

namespace dlc {

/// running_mean and running_mean_long: the share of the new sample, 1 - beta.
struct RunningMeanAttrs {
  double rate = 1;
  static constexpr auto fields() { return std::array{field<&RunningMeanAttrs::rate>("rate")}; }
};

/// Whether a mean is kept in two numbers: what a sample adds to one would be rounded too coarsely, or away.
inline bool isLongMean(double beta) { return 1 - beta <= 0.0005; }

/// The state `slot` of the parameter in b.input, beta (its old value) + (1 - beta) sample, assigned and returned. It is
/// mean + (1 - beta) (sample - mean), so that no rounding of beta pulls it off. `before`, if any, gets the old value.
Value runningMean(LayerBuilder &b, llvm::StringRef slot, Value sample, double beta, Value *before = nullptr);

/// 1 / (1 - beta^t) in the t-th update, by which a running mean from zero is corrected: a scalar input named after beta
/// ("correction(0.999)"), which the training loop fills in. One for all parameters of a graph.
Value biasCorrection(LayerBuilder &b, double beta);
/// t^exponent in the t-th update: likewise ("power(-0.8)").
Value updatePower(LayerBuilder &b, double exponent);
/// The value of such an input in update `t`, from 1, in double precision whatever the dtype of the net; nothing for
/// inputs of other names.
std::optional<double> updateScalar(llvm::StringRef inputName, int64_t t);

} // namespace dlc
