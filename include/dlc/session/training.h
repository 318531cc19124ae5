// Training: one run of a net over its data, from the plan to the saved model.
// It reports to an Observer and prints nothing; the loop itself is train/trainer.h.
#pragma once

#include "dlc/session/net.h"
#include "dlc/train/beginning.h"
#include "dlc/train/report.h"
#include "dlc/train/trainer.h"

#include <memory>
#include <optional>
#include <string>

namespace dlc::session {

/// Told of the start, of steps, epochs, checkpoints and the end of a run; asked between steps whether it is to stop.
using Observer = train::Reporter;

struct TrainingOptions {
  std::string model;      ///< file to save the trained net to; empty: keep it in memory
  std::string checkpoint; ///< file to save checkpoints to; empty: none
  std::string resume;     ///< checkpoint to continue from; empty: start a new run
  bool dryRun = false;    ///< one batch, nothing saved
  int64_t overfit = 0;    ///< only this many samples, unshuffled, without validation; 0: all
};

/// Call the functions in this order, each only after the ones before it succeeded.
class Training {
public:
  /// The net must be open and outlive this object.
  explicit Training(Net &net) : net_(net) {}
  ~Training();

  /// Builds the net. Most errors show here, before any data are read, and so does a size that no memory holds.
  /// Afterwards the net knows what data it needs. With `seed = random`, the seed is drawn here.
  Done build();
  /// Loads the data, plans a step, and loads the initial weights. All remaining errors in the run are found here.
  Done load(TrainingOptions options);
  /// Allocates, and continues from the checkpoint, if there is one. `observer` outlives the run.
  Done begin(Observer &observer);
  /// Trains, saves the net, and scores it on the test samples. If the outcome is not Done, it says why.
  train::Outcome run();
  /// All of these. An unsuccessful run is a failure, and so is a stop requested by the observer.
  Done run(TrainingOptions options, Observer &observer);

  const train::Bundle &data() const { return bundle_; }
  /// The batch size of the plan.
  int64_t batch() const { return bundle_.planSize(net_.unit().settings.train.batchSize); }

private:
  Done planned(int64_t batch);
  train::RunInfo info();
  train::Outcome deliver(train::Outcome outcome);

  Net &net_;
  TrainingOptions options_;
  train::Bundle bundle_;
  std::optional<train::Beginning> beginning_;
  Observer *observer_ = nullptr;
  std::unique_ptr<train::Trainer> trainer_;
};

} // namespace dlc::session
