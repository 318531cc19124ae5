// Mixup(alpha): mixes each sample, and its target, with another training sample (Zhang et al. 2018).
// It involves two samples, so gatherInputs() and gatherNumbers() do the work; here only the argument is checked.
#include "image_step.h"

namespace dlc::data {
namespace {

// Nothing is made here: augmentation mixes behind all other steps (makeAugment).
Fallible<std::unique_ptr<Step>> fit(const Spec &, const FitContext &) { return std::unique_ptr<Step>(); }

// Outside of this range nearly every draw would have to be made again.
constexpr ArgSpec kArgs[] = {
    arg::number("alpha", "", "the mixing weight is drawn from Beta(alpha, alpha)").from(0.01).upTo(4).orPercent()};

} // namespace

extern const StepDef step_mixup;
constexpr StepDef step_mixup = {.name = "Mixup",
                                .doc = "Mixes each sample with another one, targets included.",
                                .args = kArgs,
                                .augments = true,
                                .fit = fit};
} // namespace dlc::data
