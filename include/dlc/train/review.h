// Review: what can be said of a run before it begins, from its settings, its net and its data.
// It trains nothing and changes nothing; `dlc train` and `dlc check` ask the same function.
#pragma once

#include "dlc/train/bundle.h"

#include <string>

namespace dlc::train {

/// What "best" means: `monitor`, or without it val_loss where there are validation samples, else train_loss.
std::string monitorOf(const dsl::TrainSettings &settings, bool hasVal);
/// Whether the monitored value is measured on the validation samples.
bool monitorsVal(llvm::StringRef monitor, bool hasVal);

/// Adds to the diagnostics of `unit`, each at the place of its key: E264 for a `monitor` that nothing will measure and
/// for `class_weights` of another number than there are classes, E309 for balanced ones of data without classes, E308
/// for a `drop_last` that leaves no batch, W504 for metrics that say nothing of such outputs and for settings that
/// change nothing over a run of this length, W505 for settings that make the same training many times slower than
/// another spelling, W510 for scores of samples that trained the net or chose its weights, and what reviewSamples()
/// says. `bundle` may be empty where the source names no data.
void reviewRun(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle);

/// W509 for training samples of one class or one target, for classes without a sample and outputs without a class, and
/// W508 for targets that the last layer cannot say; each at the place of what is to be changed.
void reviewSamples(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle);

} // namespace dlc::train
