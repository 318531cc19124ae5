// Implements Keeper over checkpoints and the trainer's snapshot.
// It runs nothing: that the next step went well is what others tell it.
#include "keeper.h"

#include "dlc/train/finite.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::train {

void Keeper::due(const RunState &state) {
  if (!keeps())
    return;
  replay.take(parameters, state.batch);
  pending = state; // without its weights
}

absl::Status Keeper::proven(std::vector<Tensor> &bestWeights) {
  if (!pending)
    return absl::OkStatus();
  RunState state{*std::exchange(pending, std::nullopt), {}};
  for (auto [tensor, p] : llvm::zip(replay.tensors(), parameters.all()))
    if (!isFinite(tensor)) {
      reporter.note("No checkpoint: " + p->attrs.name + " is not finite");
      return absl::OkStatus();
    }
  state.bestWeights.swap(bestWeights);
  absl::Status status = save(state, replay.tensors());
  state.bestWeights.swap(bestWeights);
  return status;
}

absl::Status Keeper::write(const RunState &state) {
  pending.reset();
  return keeps() ? save(state, std::nullopt) : absl::OkStatus();
}

absl::Status Keeper::save(const RunState &state, std::optional<llvm::ArrayRef<Tensor>> values) {
  absl::Status status = saveCheckpoint(file, parameters, values, state, provenance);
  if (status.ok()) {
    lastGood_ = file + placeOf(state);
    reporter.checkpoint(file, state.epoch);
  }
  return status;
}

std::string Keeper::placeOf(const RunState &state) {
  if (state.batch == 0)
    return " (epoch " + std::to_string(state.epoch) + ")";
  return " (epoch " + std::to_string(state.epoch + 1) + ", batch " + std::to_string(state.batch) + ")";
}

} // namespace dlc::train
