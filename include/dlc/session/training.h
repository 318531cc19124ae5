// Training: one run of a net over its data, from the plan to the saved model.
// It says what happens to an Observer and prints nothing; the loop itself is train/trainer.h.
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
  std::string model;      ///< the file that the trained net is saved to; empty: it stays in memory
  std::string checkpoint; ///< the file that checkpoints are saved to; empty: none
  std::string resume;     ///< the checkpoint that the run continues from; empty: it begins anew
  bool dryRun = false;    ///< one batch, and nothing saved
  int64_t overfit = 0;    ///< only so many samples, in one order, without validation; 0: all
};

/// The functions are called in this order; each is of use only after the ones before it have gone well.
class Training {
public:
  /// The net is open, and outlives the object.
  explicit Training(Net &net) : net_(net) {}
  ~Training();

  /// Plans a step: most mistakes show here, before any data are read. Afterwards the net knows what it wants of them.
  /// With `seed = random`, the seed is drawn here.
  Done plan();
  /// Loads the data, and the weights to begin with. Whatever is wrong with the run is found here.
  Done load(TrainingOptions options);
  /// Allocates, and continues from the checkpoint, if there is one. `observer` outlives the run.
  Done begin(Observer &observer);
  /// Trains, saves the net, and scores it on the test samples. An outcome of any other end than Done says why.
  train::Outcome run();
  /// All of these. A run that did not end well is a failure, as is a stop that the observer asked for.
  Done run(TrainingOptions options, Observer &observer);

  const train::Bundle &data() const { return bundle_; }
  /// The size of the batches that the plan is for.
  int64_t batch() const { return bundle_.planSize(net_.unit().settings.train.batchSize); }

private:
  train::RunInfo info();
  train::Outcome deliver(train::Outcome outcome);

  Net &net_;
  TrainingOptions options_;
  int64_t planned_ = 0;
  train::Bundle bundle_;
  std::optional<train::Beginning> beginning_;
  Observer *observer_ = nullptr;
  std::unique_ptr<train::Trainer> trainer_;
};

} // namespace dlc::session
