// Keeper: when a checkpoint is written, and of which state. A state is good when all its numbers are finite and so is
// the loss of the step after it: the file always holds one from which a run can go on.
#pragma once

#include "dlc/train/checkpoint.h"
#include "dlc/train/report.h"
#include "replay.h"

#include <optional>
#include <string>

namespace dlc::train {

class Keeper {
public:
  /// `file` may be empty: then nothing is ever written. All must outlive the object.
  Keeper(std::string file, const Parameters &parameters, Replay &replay, Reporter &reporter)
      : file(std::move(file)), parameters(parameters), replay(replay), reporter(reporter) {}

  /// What checkpoints say beside the state.
  void describe(model::Trailer trailer) { provenance = std::move(trailer); }
  bool keeps() const { return !file.empty(); }

  /// A checkpoint of this state is due. It is written by proven(), from the copy of the parameters that is taken here
  /// and that nobody else may replace until then.
  void due(const RunState &state);
  /// The step after the one that was due went well. `bestWeights` are still those of then.
  absl::Status proven(std::vector<Tensor> &bestWeights);
  /// Writes a state that is known to be good.
  absl::Status write(const RunState &state);

  /// The run came from this file, where it stands at `state`.
  void cameFrom(const std::string &from, const RunState &state) { lastGood_ = from + placeOf(state); }
  /// "net.ckpt (epoch 3)": the checkpoint that was written last or that the run came from; may be empty.
  const std::string &lastGood() const { return lastGood_; }

private:
  static std::string placeOf(const RunState &state);
  absl::Status save(const RunState &state, std::optional<llvm::ArrayRef<Tensor>> values);
  const std::string file;
  const Parameters &parameters;
  Replay &replay;
  Reporter &reporter;
  model::Trailer provenance;
  std::optional<RunCounters> pending;
  std::string lastGood_;
};

} // namespace dlc::train
