// Batches: in which order an epoch visits the samples, and copying the samples of one batch to where the program wants
// them. No threads and no buffers of its own: gathering is pure and allocates nothing, so that any thread may do it
// ahead of time.
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

/// Writes the prepared values of the samples at `positions` as [positions.size(), sampleSize] to `dst`.
template <class T>
void gatherInputs(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst);
/// Writes class indices to `dst` (Classes only).
void gatherClasses(const Samples &samples, llvm::ArrayRef<uint32_t> positions, int32_t *dst);
/// Writes rows of numbers to `dst`: Numbers, Classes (as one number each), or Input (the prepared values again).
template <class T>
void gatherNumbers(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst);

extern template void gatherInputs(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, float *);
extern template void gatherInputs(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, double *);
extern template void gatherNumbers(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, float *);
extern template void gatherNumbers(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, double *);

} // namespace dlc::data
