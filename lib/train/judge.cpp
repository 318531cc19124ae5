// Implements Judge.
// It changes weights only for as long as judging lasts, and once in the end.
#include "judge.h"

#include "dlc/support/try.h"
#include "dlc/train/review.h"
#include "dlc/train/trainer.h"

#include "llvm/ADT/ScopeExit.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace dlc::train {
namespace {

void keepWeights(const Parameters &parameters, std::vector<Tensor> &kept) {
  size_t i = 0;
  for (const auto &p : parameters.all())
    if (p->isWeight()) {
      if (i == kept.size())
        kept.push_back(p->tensor());
      else
        std::memcpy(kept[i].data(), p->tensor().data(), p->type().bytes());
      ++i;
    }
}

void restoreWeights(Parameters &parameters, llvm::ArrayRef<Tensor> kept) {
  size_t i = 0;
  for (const auto &p : parameters.all())
    if (p->isWeight())
      std::memcpy(p->tensor().data(), kept[i++].data(), p->type().bytes());
}

} // namespace

Judge::Judge(Engines &engines, const Bundle &bundle, bool dryRun)
    : engines(engines), bundle(bundle), settings(engines.unit().settings.train), dryRun(dryRun),
      monitored(monitorOf(settings, !bundle.val.empty())),
      keepBest(settings.keep.value == "best" || (settings.keep.value.empty() && !bundle.val.empty())) {}

size_t Judge::batchSize() const { return std::min<size_t>(std::max<size_t>(bundle.val.size(), 1), 256); }

absl::Status Judge::compile() {
  if (bundle.val.empty())
    return absl::OkStatus();
  for (size_t size : {batchSize(), bundle.val.size() % batchSize()})
    if (size)
      DLC_PASS_ON(engines.get(dsl::Mode::Evaluate, static_cast<int64_t>(size)));
  return absl::OkStatus();
}

/// Calls f(average, weight) for every weight that has a moving average.
template <class F> void Judge::eachAverage(F f) {
  for (const auto &p : engines.parameters().all())
    if (p->attrs.slot == "average")
      if (Parameter *weight = engines.parameters().find(llvm::StringRef(p->attrs.name).split('.').second))
        f(p->tensor(), weight->tensor());
}

void Judge::startAverages() {
  eachAverage(
      [](Tensor &average, const Tensor &weight) { std::memcpy(average.data(), weight.data(), average.bytes()); });
}

/// With `average`, evaluation sees the averaged weights: they change places with the weights while it lasts.
void Judge::swapAverages() {
  eachAverage([](Tensor &average, Tensor &weight) {
    std::swap_ranges(average.data(), average.data() + average.bytes(), weight.data());
  });
}

absl::Status Judge::judge(const Scores &train, const schedule::Schedule &schedule, RunState &state, EpochInfo &info) {
  swapAverages();
  auto back = llvm::make_scope_exit([&] { swapAverages(); });
  if (!bundle.val.empty()) {
    DLC_TRY(info.val, evaluate(engines, bundle.val, bundle.prepare, settings.metrics.value,
                               static_cast<int64_t>(batchSize()), dryRun ? 1 : 0));
  }
  double value = *(monitorsVal(monitored, !bundle.val.empty()) ? *info.val : train).find(monitored);
  bool minimise = isMinimised(monitored);
  double delta = settings.minDelta;
  // Where nothing could be measured (all batches skipped, or a loss that is not finite) nothing is the best.
  bool better =
      std::isfinite(value) && (!state.hasBest || (minimise ? value < state.best - delta : value > state.best + delta));
  schedule.evaluated(value, minimise, state.plateau);
  if (!better) {
    ++state.waited;
    return absl::OkStatus();
  }
  state.hasBest = true;
  state.best = value;
  state.bestEpoch = state.epoch + 1;
  state.waited = 0;
  info.best = true;
  if (keepBest)
    keepWeights(engines.parameters(), state.bestWeights);
  return absl::OkStatus();
}

std::optional<Best> Judge::deliver(const RunState &state) {
  if (!hasBest(state)) {
    swapAverages();
    return std::nullopt;
  }
  restoreWeights(engines.parameters(), state.bestWeights); // averages already, where there are any
  return Best{monitored, state.best, state.bestEpoch};
}

} // namespace dlc::train
