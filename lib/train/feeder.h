// Feeder: puts the batches of training into a net's inputs, and prepares the next one in a thread of its own while the
// net works on this one. Which batches, and in which order, is the trainer's business; results never depend on the
// thread.
#pragma once

#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace dlc::train {

/// The weight of each class in the loss, from `class_weights`: as listed, or for `balanced` n / (classes * count of the
/// class), counted over the training samples. Empty without class_weights. E263 for a list of another length, E309
/// for data without classes.
Fallible<std::vector<double>> classWeights(const dsl::TrainSettings &settings, const data::Samples &train,
                                           const DataWish &wish);

class Feeder {
public:
  /// Where an input of the net is, by name; null where there is none such.
  using Inputs = llvm::function_ref<void *(llvm::StringRef)>;
  /// Some positions of the training samples, in one epoch.
  struct Batch {
    llvm::ArrayRef<uint32_t> positions;
    uint64_t epoch = 0;
  };

  Feeder(const Bundle &bundle, DType dtype, FeedTypes types, Task task, uint64_t seed, std::vector<double> weights);
  ~Feeder();
  Feeder(const Feeder &) = delete;

  /// Fills "input", "target" and, where the net has them, "weight", "target2" and "weight2". `next`, whose positions
  /// must stay where they are until the next call, may be prepared in the meantime.
  Checked give(Inputs inputs, Batch now, Batch next);
  /// Waits for what is being prepared, and forgets it: the positions may change afterwards.
  void rest();

private:
  /// Where the parts of a batch go; null for those that are not wanted.
  struct Parts {
    void *input = nullptr, *target = nullptr, *weight = nullptr, *target2 = nullptr, *weight2 = nullptr;
  };
  struct Room { ///< the same, with memory of its own
    std::vector<char> input, target, weight, target2, weight2;
  };
  Checked fill(const Batch &batch, const Parts &parts) const;
  template <class T> void weigh(const Batch &batch, T *weight, int32_t *target2, T *weight2) const;
  void startNext(Batch next, const Parts &wanted);
  void work();

  const Bundle &bundle;
  const DType dtype; ///< of the weights
  const FeedTypes types;
  const Task task;
  const uint64_t seed;
  const std::vector<double> weights;

  size_t inputBytes = 0, targetBytes = 0; ///< of one sample
  bool worthwhile = false;                ///< preparing takes longer than waking a thread
  bool alone = false;                     ///< the system refuses a thread
  std::thread thread;
  std::mutex mutex;
  std::condition_variable changed;
  enum class State : uint8_t { Idle, Wanted, Ready, Ending } state = State::Idle; ///< of `prepared`
  Batch prepared;
  Room room;
  Parts parts; ///< into `room`
  std::optional<Trouble> trouble;
};

} // namespace dlc::train
