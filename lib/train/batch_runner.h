// BatchRunner: which batches an epoch has, which engine runs each of them, and what goes into that engine's inputs.
// It counts no steps and decides nothing about the run: rates, snapshots and endings are the trainer's business.
#pragma once

#include "dlc/data/batches.h"
#include "dlc/train/engine.h"
#include "dlc/train/ports.h"
#include "feeder.h"

#include <optional>

namespace dlc::train {

/// What an update of the weights depends on beside the gradients.
struct Update {
  double lr;
  int64_t number; ///< from 1; steps that were dropped do not count
};

class BatchRunner {
public:
  /// Both must outlive the object.
  BatchRunner(Engines &engines, const Bundle &bundle, bool shuffle);

  /// Makes the engines: for whole batches, for a short last one, and for those whose gradients are only added up.
  /// Status as in Engines::get(). Sizes and counts are known afterwards.
  absl::Status compile();
  /// Once compiled: trouble with `class_weights`, which reviewRun() has said before. Batches can be fed
  /// afterwards.
  Checked openInputs();
  /// Puts the samples into the order of this epoch (from 0); the batches below are its.
  void startEpoch(int64_t epoch);

  int64_t perEpoch() const { return static_cast<int64_t>(plan.batches()); }
  size_t samples(int64_t i) const { return plan.batch(static_cast<size_t>(i)).size(); }
  /// Of all batches but the last.
  size_t wholeSize() const { return whole; }
  /// Whether the weights change after batch `i`; the gradients of the others are added up until then.
  bool updatesAfter(int64_t i) const { return (i + 1) % accumulate == 0 || i + 1 == perEpoch(); }
  /// The engine of batch `i`; after run(i), its outputs are those of the batch.
  Engine &engine(int64_t i) const;
  /// Bytes of the engine of whole batches, beside the parameters.
  uint64_t bytes() const { return full->bytes(); }

  /// One batch through the net: inputs in, step. The loss, or what is wrong with a sample.
  Fallible<double> run(int64_t i, Update update);
  /// Puts batch `i` and what else the net asks for into `inputs`, and lets the one after it be prepared meanwhile.
  Checked feed(int64_t i, Update update, Feeder::Inputs inputs);
  /// Forgets what is being prepared: the next batch is another one.
  void rest() { feeder->rest(); }

private:
  Engines &engines;
  const Bundle &bundle;
  const uint64_t seed;
  const int64_t accumulate;
  data::BatchPlan plan;
  int64_t epoch = 0;
  size_t whole = 0;
  Engine *full = nullptr, *last = nullptr; ///< the same where the last batch is a whole one
  Engine *adding = nullptr;                ///< null where every batch updates
  std::vector<std::string> updateScalars;  ///< inputs that follow from the number of the update
  std::optional<Feeder> feeder;
  std::optional<Ports> ports;
};

} // namespace dlc::train
