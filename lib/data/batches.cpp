// The order of an epoch and the copying of a batch.
// It starts no threads and keeps no batch.
#include "dlc/data/batches.h"

#include "dlc/support/check.h"
#include "dlc/support/philox.h"

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
    return lines(values.bytes + begin * values.bytesPerValue(), size * values.bytesPerValue());
  case Values::Form::F32:
    return lines(values.f32.data() + begin, size * sizeof(float));
  case Values::Form::F64:
    return lines(values.f64.data() + begin, size * sizeof(double));
  case Values::Form::Tokens:
    return lines(values.tokens.data() + begin, size * sizeof(int32_t));
  case Values::Form::Reader:
    return;
  }
}

/// Bytes, or words of which 257 stand for one.
template <class T> void convertStored(const Values &values, const uint8_t *src, size_t count, T *dst) {
  if (!values.wide)
    return convert(src, count, dst);
  for (size_t i = 0; i < count; ++i)
    dst[i] = static_cast<T>(values.stored(src, i));
}

/// Room for the samples of one call. It belongs to the call and not to the thread: the C library ends a process in
/// which the destructor of a thread's variable cannot be registered for want of memory.
struct Work {
  std::vector<double> x, spare, partner; ///< in double precision
  std::vector<uint16_t> stored;          ///< as a reader gives them; aligned for words
  Shape shape;
};

/// The values of one sample as they came from their source.
template <class T> Checked unprepared(const Dataset &data, size_t row, size_t size, Work &work, T *dst) {
  size_t begin = data.uniform() ? row * size : data.offsets.empty() ? 0 : data.offsets[row];
  switch (data.values.form) {
  case Values::Form::Bytes:
    convertStored(data.values, data.values.bytes + begin * data.values.bytesPerValue(), size, dst);
    break;
  case Values::Form::F32:
    convert(data.values.f32.data() + begin, size, dst);
    break;
  case Values::Form::F64:
    convert(data.values.f64.data() + begin, size, dst);
    break;
  case Values::Form::Tokens:
    convert(data.values.tokens.data() + begin, size, dst);
    break;
  case Values::Form::Reader: {
    work.stored.resize(std::max(work.stored.size(), size));
    auto *bytes = reinterpret_cast<uint8_t *>(work.stored.data());
    if (Checked good = data.values.reader->read(row, bytes); !good)
      return good;
    convertStored(data.values, bytes, size, dst);
  }
  }
  return allGood();
}

/// One sample with all its steps, in work.x.
Checked oneSample(const Samples &samples, uint32_t position, const Prepare &prepare, const Augmented &how,
                  bool undisturbed, Work &work) {
  const Dataset &data = *samples.data;
  uint32_t row = samples.rows[position];
  work.shape = data.shapeOf(row);
  auto size = static_cast<size_t>(elementCount(work.shape));
  work.x.resize(std::max(work.x.size(), size));
  if (Checked good = unprepared(data, row, size, work, work.x.data()); !good)
    return good;
  prepare.run(work.x, work.spare, work.shape, {});
  if (how)
    how.augment->steps.run(work.x, work.spare, work.shape, {how.seed, how.epoch, row}, undisturbed);
  return allGood();
}

template <class T>
Checked gather(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst,
               const Augmented &how, bool undisturbed) {
  const Dataset &data = *samples.data;
  const size_t uniformSize = data.uniform() ? data.sampleSize() : 0;
  Work work;
  for (size_t p = 0; p < positions.size(); ++p) {
    // Shuffled rows are far apart: the next one is fetched while this one is worked on.
    if (uniformSize && p + 1 < positions.size())
      prefetch(data.values, samples.rows[positions[p + 1]] * uniformSize, uniformSize);
    if (uniformSize && !how && prepare.empty()) { // nothing to do but to round
      if (Checked good = unprepared(data, samples.rows[positions[p]], uniformSize, work, dst); !good)
        return good;
      dst += uniformSize;
      continue;
    }
    Mix mix = mixOf(samples, positions[p], how);
    if (mix.share != 1) {
      if (Checked good = oneSample(samples, mix.partner, prepare, how, undisturbed, work); !good)
        return good;
      std::swap(work.x, work.partner);
    }
    if (Checked good = oneSample(samples, positions[p], prepare, how, undisturbed, work); !good)
      return good;
    const auto size = static_cast<size_t>(elementCount(work.shape));
    if (mix.share != 1)
      for (size_t i = 0; i < size; ++i)
        work.x[i] = work.x[i] * mix.share + work.partner[i] * (1 - mix.share);
    convert(work.x.data(), size, dst);
    dst += size;
  }
  return allGood();
}
} // namespace

Mix mixOf(const Samples &samples, uint32_t position, const Augmented &how) {
  if (!how || how.augment->mixup == 0)
    return {position, 1};
  // Streams of single steps are told apart by 40 bits of epoch and the step's number above; this one has the last
  // number.
  RandomStream random(how.seed, RandomUse::Augment, how.epoch | uint64_t{0xffff} << 40, samples.rows[position]);
  auto partner = random.below(static_cast<uint32_t>(samples.size()));
  return {partner, random.beta(how.augment->mixup)};
}

template <class T>
Checked gatherInputs(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst,
                     const Augmented &how) {
  return gather(samples, positions, prepare, dst, how, false);
}

void gatherTokens(const Samples &samples, llvm::ArrayRef<uint32_t> positions, int32_t *dst) {
  size_t size = samples.data->sampleSize();
  for (uint32_t position : positions)
    dst = std::copy_n(samples.data->values.tokens.data() + samples.rows[position] * size, size, dst);
}

void gatherClasses(const Samples &samples, llvm::ArrayRef<uint32_t> positions, int32_t *dst) {
  if (samples.data->targetKind == TargetKind::Next) {
    size_t size = samples.data->sampleSize();
    for (uint32_t position : positions)
      dst = std::copy_n(samples.data->values.tokens.data() + samples.rows[position] * size + 1, size, dst);
    return;
  }
  DLC_CHECK(samples.data->targetKind == TargetKind::Classes) << "the targets are not classes";
  for (uint32_t position : positions)
    *dst++ = samples.data->classes[samples.rows[position]];
}

template <class T>
Checked gatherNumbers(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Prepare &prepare, T *dst,
                      const Augmented &how) {
  const Dataset &data = *samples.data;
  if (data.targetKind == TargetKind::Input)
    return gather(samples, positions, prepare, dst, how, true);
  bool classes = data.targetKind == TargetKind::Classes;
  DLC_CHECK(classes || data.targetKind == TargetKind::Numbers) << "the samples have no targets";
  size_t size = classes ? 1 : data.targetSize;
  auto target = [&](uint32_t position, size_t i) {
    uint32_t row = samples.rows[position];
    return classes ? data.classes[row] : data.numbers[row * size + i];
  };
  for (uint32_t position : positions) {
    Mix mix = mixOf(samples, position, how);
    for (size_t i = 0; i < size; ++i)
      *dst++ =
          static_cast<T>(mix.share == 1 ? target(position, i)
                                        : target(position, i) * mix.share + target(mix.partner, i) * (1 - mix.share));
  }
  return allGood();
}

template Checked gatherInputs(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, float *, const Augmented &);
template Checked gatherInputs(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, double *, const Augmented &);
template Checked gatherNumbers(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, float *, const Augmented &);
template Checked gatherNumbers(const Samples &, llvm::ArrayRef<uint32_t>, const Prepare &, double *, const Augmented &);

} // namespace dlc::data
