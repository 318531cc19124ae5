// Implements the review of a run.
// What it says of speed was measured: a step of one sample reads and writes all weights once, like one of 32.
#include "dlc/train/review.h"

#include "feeder.h"
#include "review_parts.h"

#include "dlc/support/strings.h"
#include "dlc/train/metrics.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc::train {
namespace {

/// Metrics that are always the same, or never there.
void reviewMetrics(compile::Unit &unit, const dsl::Net &net) {
  const auto classes = static_cast<double>(net.outputs.front().shape.back());
  for (const Spec &metric : unit.settings.train.metrics.value) {
    if (const auto *def = metric::findMetric(metric.name); def && !def->measures(net.task))
      unit.diags.warning(metric.loc, "W504")
          << metric.name << " measures "
          << (net.task == Task::Values   ? "classes, but this net predicts numbers"
              : net.task == Task::Labels ? "one class of several, but here several labels may apply"
              : metric.name == "TopK"    ? "several classes, but this net has two"
                                         : "numbers, but this net predicts classes");
    else if (metric.name == "TopK" && metric.number("k", 0) >= classes)
      unit.diags.warning(metric.loc, "W504")
          << "the right class is always among the " << shortNumber(metric.number("k", 0)) << " most probable of "
          << shortNumber(classes);
  }
}

void reviewMonitor(compile::Unit &unit, const dsl::Net &net, bool hasVal) {
  const dsl::TrainSettings &settings = unit.settings.train;
  const std::string monitor = monitorOf(settings, hasVal);
  if (llvm::StringRef(monitor).starts_with("val_") && !hasVal) {
    unit.diags.error(settings.monitor.loc, "E264").help("write val = 10% under [data], or monitor = train_loss")
        << "monitor = " << monitor << ", but there are no validation samples";
    return;
  }
  if (llvm::StringRef(monitor).starts_with("test_")) {
    unit.diags.error(settings.monitor.loc, "E264")
            .help(hasVal ? "write monitor = val_loss" : "write val = 10% under [data]")
        << "monitor = " << monitor << ", but test samples are scored only when training has ended";
    return;
  }
  auto depth = monitorsVal(monitor, hasVal) ? Meter::Depth::Full : Meter::Depth::Progress;
  const Scores scores = meterOf(net, settings.dtype, settings.metrics.value, depth).scores();
  if (scores.find(monitor))
    return;
  const char *prefix = depth == Meter::Depth::Full ? "val_" : "train_";
  std::string known = std::string(prefix) + "loss";
  for (const Score &score : scores.metrics)
    known += ", " + (prefix + score.name);
  unit.diags.error(settings.monitor.loc, "E264").help("there are " + known + "; metrics = ... adds more")
      << "monitor = " << monitor << ", but no such score is measured";
}

/// Skipping a short batch that is the only one would train on nothing.
void reviewBatches(compile::Unit &unit, const Bundle &bundle) {
  const auto &batch = unit.settings.train.batchSize;
  const auto samples = static_cast<int64_t>(bundle.train.size());
  if (unit.settings.data.dropLast.value && samples > 0 && samples < batch.value)
    unit.diags.error(unit.settings.data.dropLast.loc, "E308")
            .help("write batch_size = " + std::to_string(samples) + " or less, or leave drop_last out")
        << samples << (samples == 1 ? " sample does" : " samples do") << " not fill a batch of " << batch.value
        << ", and drop_last skips shorter ones";
}

void reviewSpeed(compile::Unit &unit, const Bundle &bundle) {
  constexpr size_t kMany = 1000;
  const auto &batch = unit.settings.train.batchSize;
  if (batch.value == 1 && unit.settings.train.accumulate.value == 1 && bundle.train.size() >= kMany)
    unit.diags.warning(batch.loc, "W505").help("write batch_size = 32")
        << "each of the " << grouped(static_cast<int64_t>(bundle.train.size()))
        << " samples is a separate step, which reads and writes all weights";
}

} // namespace

std::string monitorOf(const dsl::TrainSettings &settings, bool hasVal) {
  if (!settings.monitor.value.empty())
    return settings.monitor.value;
  return hasVal ? "val_loss" : "train_loss";
}

bool monitorsVal(llvm::StringRef monitor, bool hasVal) { return hasVal && !monitor.starts_with("train_"); }

void reviewRun(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle) {
  // Data that come later, from the command line, are split as the source says.
  const bool hasVal =
      bundle.train.empty() ? unit.settings.data.val.value.kind != dsl::ValSplit::Kind::None : !bundle.val.empty();
  reviewMetrics(unit, net);
  reviewMonitor(unit, net, hasVal);
  if (auto weights = classWeights(unit.settings.train, bundle.train, DataWish::of(net)); !weights)
    report(unit.diags, weights.failure());
  reviewBatches(unit, bundle);
  reviewSpeed(unit, bundle);
  if (unit.diags.errorCount())
    return; // these may be what the others come from
  reviewLength(unit, net, bundle);
  reviewSamples(unit, net, bundle);
  reviewScoring(unit, bundle);
}

} // namespace dlc::train
