// Replay: a copy of the parameters from a few steps ago, so that a batch that went wrong can be had again.
// Not a checkpoint: it lives in memory and only as long as the run.
#pragma once

#include "batch_runner.h"
#include "dlc/schedule/schedule.h"
#include "dlc/train/checkpoint.h"
#include "dlc/train/engine.h"

#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

class Replay {
public:
  /// A snapshot is taken after so many batches: copying the parameters of a small net takes a few microseconds.
  static constexpr int64_t kInterval = 128;

  void take(const Parameters &parameters, int64_t batch) {
    if (copies.size() != parameters.all().size()) {
      copies.clear();
      for (const auto &p : parameters.all())
        copies.push_back(p->tensor());
    } else {
      for (size_t i = 0; i < copies.size(); ++i)
        std::memcpy(copies[i].data(), parameters.all()[i]->tensor().data(), copies[i].bytes());
    }
    batch_ = batch;
  }
  bool restore(Parameters &parameters) const {
    if (copies.size() != parameters.all().size())
      return false;
    for (size_t i = 0; i < copies.size(); ++i)
      std::memcpy(parameters.all()[i]->tensor().data(), copies[i].data(), copies[i].bytes());
    return true;
  }
  /// Of its epoch, when the snapshot was taken.
  int64_t batch() const { return batch_; }
  /// The parameters as they were then, in their order.
  llvm::ArrayRef<Tensor> tensors() const { return copies; }

private:
  std::vector<Tensor> copies;
  int64_t batch_ = 0;
};

/// What is fed at `step`, one of those since which none was dropped.
Update updateAt(const schedule::Schedule &schedule, const RunCounters &state, int64_t step);

/// E601 for the batch behind `state`: goes back to the snapshot, trains up to the bad batch again, and asks the
/// interpreter what the first bad value is. `lastGood` is where a state is saved that a run can go on from; may be
/// empty.
void reportBadLoss(Engines &engines, BatchRunner &batches, const Replay &replay, const schedule::Schedule &schedule,
                   const RunCounters &state, double loss, llvm::StringRef lastGood);
/// E602: the net at the end of a run. `bad` is the first weight that is not finite; empty where only the loss is not.
void reportBadWeights(Diags &diags, llvm::StringRef bad, double lr, llvm::StringRef lastGood);

/// Whether a run could go on from here: all numbers are finite, and so is the loss of the next batch. It costs a step
/// with the numbers of `update`, which is taken back, and leaves a snapshot of the state as it is.
bool couldGoOn(Engines &engines, BatchRunner &batches, Replay &replay, Update update, const RunCounters &state);
/// Whether the loss of the next batch is finite, whatever the optimizer's state is; likewise.
bool givesFiniteLoss(Engines &engines, BatchRunner &batches, Replay &replay, Update update, const RunCounters &state);

} // namespace dlc::train
