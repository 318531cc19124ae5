// Batches: in which order an epoch visits the samples, and copying the samples of one batch to where the program wants
// them. No threads and no batches of its own: gathering is pure, so that any thread may do it ahead of time.
#pragma once

#include "dlc/data/dataset.h"
#include "dlc/data/prepare.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace dlc::data {

/// The order of one epoch, cut into batches. Fisher-Yates from the last place to the first, keyed by (seed, epoch): the
/// same for any number of threads, on any machine, and wherever training was interrupted. Without shuffling every epoch
/// has the rows in order.
class BatchPlan {
public:
  BatchPlan(size_t samples, size_t batchSize, bool shuffle, bool dropLast);
  /// Must be called before the first batch; allocates nothing.
  void startEpoch(uint64_t seed, uint64_t epoch);

  size_t batches() const;
  /// Positions in the Samples of batch i. Only the last may be short (and there is none such with dropLast, unless
  /// there are fewer samples than one batch: then they are one batch).
  llvm::ArrayRef<uint32_t> batch(size_t i) const;
  /// Size of the last batch: equal to the batch size if all are whole.
  size_t lastBatchSize() const;

private:
  std::vector<uint32_t> order;
  size_t batchSize, used;
  bool shuffle;
};

/// How the samples of a training batch are augmented; null pointers and no Augment at all are the same.
struct Augmented {
  const Augment *augment = nullptr;
  uint64_t seed = 0, epoch = 0;
  explicit operator bool() const { return augment && !augment->empty(); }
};

/// The sample that `position` is mixed with, and the share of the sample itself. Without Mixup: itself, 1.
struct Mix {
  uint32_t partner = 0; ///< a position
  double share = 1;
};
Mix mixOf(const Samples &samples, uint32_t position, const Augmented &how);

/// Writes the prepared (and augmented) values of the samples at `positions` as [positions.size(), size] to `dst`, where
/// `size` is that of preparedShape(). Trouble only where samples are decoded on the way (a file that has changed since
/// it was looked at first). Allocates nothing but a thread's buffers for steps that move values, once.
template <class T>
Checked gatherInputs(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst,
                     const Augmented &how = {});
/// Writes the tokens of the samples to `dst` (Tokens only); nothing prepares or augments them.
void gatherTokens(const Samples &samples, llvm::ArrayRef<uint32_t> positions, int32_t *dst);
/// Writes class indices to `dst` (Classes, and Next: a row of them for each sample).
void gatherClasses(const Samples &samples, llvm::ArrayRef<uint32_t> positions, int32_t *dst);
/// Writes rows of numbers to `dst`: Numbers, Classes (as one number each), or Input (the prepared values again,
/// augmented but for what disturbs them). Targets of mixed samples are mixed alike.
template <class T>
Checked gatherNumbers(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst,
                      const Augmented &how = {});

} // namespace dlc::data
