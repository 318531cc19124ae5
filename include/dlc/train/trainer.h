// Trainer: the loop of epochs and batches, with validation, early stopping, checkpoints and the ways a run may end.
// It computes nothing itself: engines do; it prints nothing itself: reporters do.
#pragma once

#include "dlc/schedule/schedule.h"
#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"
#include "dlc/train/metrics.h"
#include "dlc/train/report.h"

#include "absl/status/status.h"

#include <string>

namespace dlc::train {

struct TrainOptions {
  std::string checkpoint; ///< file; empty: none
  std::string resume;     ///< checkpoint to continue from; empty: start anew
  bool dryRun = false;    ///< one batch of train and of val
  bool shuffle = true;
  std::string version; ///< of the program, for the checkpoint
};

/// How a run ended.
struct Outcome {
  enum class End : uint8_t {
    Done,        ///< all epochs, or patience, or max_time: `Engines::parameters()` hold what the model file gets
    Interrupted, ///< somebody asked for it; the checkpoint, if there is one, is saved
    Nan,         ///< diags have E601 or E602
    Trouble,     ///< diags have it (a checkpoint that does not fit ...)
    System,      ///< `status`: a checkpoint could not be written, or a plan does not fit memory
    Bug,         ///< `status`
  } end = End::Done;
  int signal = 0; ///< what Reporter::stopAsked() said
  absl::Status status;
  bool delivers = false;    ///< after Done, and after Nan where there is a best: the parameters are for the model file
  std::optional<Best> best; ///< they are the best ones of the run, not the last
  size_t notFinite = 0;     ///< test samples of which the net says NaN or infinity
};

class Trainer {
public:
  Trainer(Engines &engines, const Bundle &bundle, Reporter &reporter, TrainOptions options);
  ~Trainer();
  /// Compiles what is needed; must succeed before run(). What reviewRun() refuses must not come here. The parameters
  /// exist afterwards and have their initial values.
  Outcome prepare();
  /// After prepare(), when the parameters hold what training is to start from: takes up the checkpoint to resume, if
  /// there is one, and says what differs from the run that wrote it.
  Outcome begin();
  /// Trains, after begin(). `info` is completed and reported as the start event.
  Outcome run(RunInfo info);

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

/// Runs a net over samples and scores it: batches of `batch`, then the rest. Used by validation and by `dlc eval`.
absl::StatusOr<Scores> evaluate(Engines &engines, const data::Samples &samples, const data::Prepare &prepare,
                                llvm::ArrayRef<Spec> metrics, int64_t batch, int64_t limitBatches = 0);

} // namespace dlc::train
