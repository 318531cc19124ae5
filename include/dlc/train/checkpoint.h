// Checkpoints: everything a run needs to go on to the same bits: tensors, counters, what was best so far.
// The container is the model file's; random numbers need no state, being functions of the counters.
#pragma once

#include "dlc/model/model_file.h"
#include "dlc/schedule/schedule.h"
#include "dlc/train/engine.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

/// What a run has counted.
struct RunCounters {
  int64_t epoch = 0;         ///< from 0
  int64_t batch = 0;         ///< batches of this epoch that are done
  int64_t step = 0;          ///< steps since the beginning
  std::vector<double> meter; ///< counters of the running epoch
  schedule::PlateauState plateau;
  bool hasBest = false;
  double best = 0;       ///< of the monitored value
  int64_t bestEpoch = 0; ///< from 1
  int64_t waited = 0;    ///< evaluations without improvement
  int64_t skipped = 0;   ///< batches dropped by on_nan = skip
  int64_t updates = 0;   ///< steps that changed the weights: all that on_nan = skip did not drop
  double seconds = 0;    ///< time spent training, for max_time
};
struct RunState : RunCounters {
  std::vector<Tensor> bestWeights; ///< by weight, in parameter order; empty without
};

/// Writes the parameters and the state behind what `trailer` says already. `values`: the parameters as they were some
/// time ago, in their order, instead of as they are.
absl::Status saveCheckpoint(llvm::StringRef path, const Parameters &parameters,
                            std::optional<llvm::ArrayRef<Tensor>> values, const RunState &state,
                            model::Trailer trailer);
struct Checkpoint {
  RunState state;
  model::Trailer trailer; ///< all of it
};
/// Reads a checkpoint of the same net: the parameters into `parameters`, the rest is returned. Trouble: E401 to E405.
/// Files that cannot be opened are the status's business.
absl::StatusOr<Fallible<Checkpoint>> loadCheckpoint(llvm::StringRef path, Parameters &parameters,
                                                    llvm::StringRef netName);

} // namespace dlc::train
