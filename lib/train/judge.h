// Judge: validation, what was best so far, and which weights are seen by it and delivered in the end: those of the last
// step, the best ones, or their moving averages. When to ask it, and when to stop, is the trainer's business.
#pragma once

#include "dlc/schedule/schedule.h"
#include "dlc/train/bundle.h"
#include "dlc/train/checkpoint.h"
#include "dlc/train/engine.h"
#include "dlc/train/report.h"

#include <optional>
#include <string>

namespace dlc::train {

class Judge {
public:
  /// Both must outlive the object. `dryRun`: one batch of validation, and nothing is put back in the end.
  Judge(Engines &engines, const Bundle &bundle, bool dryRun);

  /// Makes the engines of validation; status as in Engines::get().
  absl::Status compile();
  /// "val_loss": what decides what is best.
  const std::string &monitor() const { return monitored; }

  /// The moving averages begin with the weights that training begins with.
  void startAverages();
  /// Scores the weights as they are now. `train` are the scores of the running epoch. Fills `val` and `best` of `info`,
  /// tells the schedule, and keeps in `state` what was best and for how long nothing has been better.
  absl::Status judge(const Scores &train, const schedule::Schedule &schedule, RunState &state, EpochInfo &info);
  /// Whether there are best weights, which the model file is to get.
  bool hasBest(const RunState &state) const { return keepBest && !state.bestWeights.empty() && !dryRun; }
  /// After the last step: puts the weights that the model file gets into their places. Which they are, where they are
  /// not the last ones.
  std::optional<Best> deliver(const RunState &state);

private:
  size_t batchSize() const;
  template <class F> void eachAverage(F f);
  void swapAverages();

  Engines &engines;
  const Bundle &bundle;
  const dsl::TrainSettings &settings;
  const bool dryRun;
  const std::string monitored;
  const bool keepBest;
};

} // namespace dlc::train
