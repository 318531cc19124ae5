// Mixup(alpha): mixes each sample, and its target, with another training sample (Zhang et al. 2018).
// It is no step of one sample: gatherInputs() and gatherNumbers() do it, and here its argument is checked.
#include "image_step.h"

namespace dlc::data {
namespace {

Fallible<std::unique_ptr<Step>> fit(const dsl::Spec &spec, const FitContext &) {
  // The share is drawn from Beta(alpha, alpha); outside of this range nearly every draw would have to be made again.
  auto alpha = numberArgument(spec, "alpha", 0, 0.01, 4);
  if (!alpha)
    return alpha.trouble();
  return std::unique_ptr<Step>();
}

} // namespace

extern const StepDef step_mixup;
constexpr StepDef step_mixup = {
    .name = "Mixup", .doc = "Mixes each sample with another one.", .augments = true, .fit = fit};
} // namespace dlc::data
