// The order of an epoch and the copying of a batch.
// It starts no threads and keeps no batch.
#include "dlc/data/batches.h"

#include "dlc/support/check.h"
#include "dlc/support/random.h"

#include <algorithm>
#include <numeric>

namespace dlc::data {

BatchPlan::BatchPlan(size_t samples, size_t batchSizeArg, bool shuffle, bool dropLast)
    : order(samples), batchSize(batchSizeArg), used(samples), shuffle(shuffle) {
  DLC_CHECK(batchSize > 0) << "batches of nothing";
  DLC_CHECK(samples <= UINT32_MAX) << "positions have 32 bits";
  if (dropLast && samples >= batchSize)
    used -= samples % batchSize;
  std::iota(order.begin(), order.end(), 0);
}

void BatchPlan::startEpoch(uint64_t seed, uint64_t epoch) {
  if (!shuffle)
    return;
  // From the rows in order each time: an epoch's order must not depend on the epochs before it.
  std::iota(order.begin(), order.end(), 0);
  RandomStream random(seed, RandomUse::Shuffle, epoch);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(static_cast<uint32_t>(i))]);
}

size_t BatchPlan::batches() const { return (used + batchSize - 1) / batchSize; }

llvm::ArrayRef<uint32_t> BatchPlan::batch(size_t i) const {
  DLC_CHECK(i < batches()) << "no such batch";
  size_t begin = i * batchSize;
  return llvm::ArrayRef(order).slice(begin, std::min(batchSize, used - begin));
}

size_t BatchPlan::lastBatchSize() const { return used == 0 ? 0 : used - (batches() - 1) * batchSize; }

namespace {
template <class T, class From> void convert(const From *src, size_t count, T *dst) {
  for (size_t i = 0; i < count; ++i)
    dst[i] = static_cast<T>(src[i]);
}

void prefetch(const Values &values, size_t begin, size_t size) {
  constexpr size_t kLine = 64, kMost = 64 * kLine; // beyond that the hardware has understood
  auto lines = [&](const auto *p, size_t bytes) {
    for (size_t at = 0; at < std::min(bytes, kMost); at += kLine)
      __builtin_prefetch(reinterpret_cast<const char *>(p) + at);
  };
  switch (values.form) {
  case Values::Form::Bytes:
    return lines(values.bytes + begin, size);
  case Values::Form::F32:
    return lines(values.f32.data() + begin, size * sizeof(float));
  case Values::Form::F64:
    return lines(values.f64.data() + begin, size * sizeof(double));
  }
}
} // namespace

template <class T>
void gatherInputs(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst) {
  const Dataset &data = *samples.data;
  size_t size = data.sampleSize();
  T *row = dst;
  for (size_t p = 0; p < positions.size(); ++p) {
    size_t begin = samples.rows[positions[p]] * size;
    // Shuffled rows are far apart: the next one is fetched while this one is worked on.
    if (p + 1 < positions.size())
      prefetch(data.values, samples.rows[positions[p + 1]] * size, size);
    switch (data.values.form) {
    case Values::Form::Bytes:
      convert(data.values.bytes + begin, size, row);
      break;
    case Values::Form::F32:
      convert(data.values.f32.data() + begin, size, row);
      break;
    case Values::Form::F64:
      convert(data.values.f64.data() + begin, size, row);
      break;
    }
    // Row by row, while it is in the cache.
    prepare.apply(row, 1, size);
    row += size;
  }
}

void gatherClasses(const Samples &samples, llvm::ArrayRef<uint32_t> positions, int32_t *dst) {
  DLC_CHECK(samples.data->targetKind == TargetKind::Classes) << "the targets are not classes";
  for (uint32_t position : positions)
    *dst++ = samples.data->classes[samples.rows[position]];
}

template <class T>
void gatherNumbers(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst) {
  const Dataset &data = *samples.data;
  switch (data.targetKind) {
  case TargetKind::None:
    DLC_CHECK(false) << "the samples have no targets";
    return;
  case TargetKind::Input:
    return gatherInputs(samples, positions, prepare, dst);
  case TargetKind::Classes:
    for (uint32_t position : positions)
      *dst++ = static_cast<T>(data.classes[samples.rows[position]]);
    return;
  case TargetKind::Numbers:
    for (uint32_t position : positions) {
      convert(data.numbers.data() + samples.rows[position] * data.targetSize, data.targetSize, dst);
      dst += data.targetSize;
    }
    return;
  }
}

template void gatherInputs(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, float *);
template void gatherInputs(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, double *);
template void gatherNumbers(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, float *);
template void gatherNumbers(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, double *);

} // namespace dlc::data
