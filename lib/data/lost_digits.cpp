// Finds columns that lose information when rounded to f32: timestamps, large identifiers.
// It only looks; the caller reports.
#include "dlc/data/batches.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <algorithm>
#include <cmath>

namespace dlc::data {
namespace {

struct Value {
  double raw, prepared;
};

/// What one column loses, if that is worth a word.
std::optional<LostDigits> lossOf(std::vector<Value> &values) {
  constexpr size_t kNoise = 8; // of numbers with many decimals a few always meet, and nobody misses them
  std::sort(values.begin(), values.end(), [](const Value &a, const Value &b) { return a.prepared < b.prepared; });
  LostDigits loss{.before = 1, .after = 1};
  bool whole = true, found = false;
  for (size_t i = 1; i < values.size(); ++i) {
    const Value &a = values[i - 1], &b = values[i];
    if (a.prepared == b.prepared)
      continue;
    ++loss.before;
    if (static_cast<float>(a.prepared) != static_cast<float>(b.prepared)) {
      ++loss.after;
    } else if (!found) {
      found = true;
      loss.one = a.raw, loss.other = b.raw;
    }
  }
  for (const Value &value : values)
    whole &= value.raw == std::floor(value.raw);
  if (!found || (!whole && (loss.before - loss.after) * kNoise < loss.before))
    return std::nullopt;
  return loss;
}

/// The first of `width` columns that lose something, where `at(row, column)` is a value of `count` rows.
std::optional<LostDigits> inColumns(size_t count, size_t width, llvm::function_ref<Value(size_t, size_t)> at) {
  std::optional<LostDigits> first;
  std::vector<Value> values(count);
  size_t columns = 0;
  for (size_t c = 0; c < width; ++c) {
    for (size_t i = 0; i < count; ++i)
      values[i] = at(i, c);
    if (std::optional<LostDigits> loss = lossOf(values)) {
      ++columns;
      loss->column = c;
      if (!first)
        first = loss;
    }
  }
  if (first)
    first->columns = columns;
  return first;
}

/// How many samples of so many numbers are looked at: a few hundred thousand numbers say it all, and a wide sample must
/// not hold up the run.
size_t lookedAt(const Samples &samples, size_t width) {
  constexpr size_t kNumbers = 500000, kRows = 200, kMostNumbers = 2000000;
  return std::min({samples.size(), std::max(kRows, kNumbers / width), std::max<size_t>(2, kMostNumbers / width)});
}

} // namespace

Fallible<std::optional<LostDigits>> findLostDigits(const Samples &samples, const Prepare &prepare) {
  if (samples.empty() || samples.data->values.form != Values::Form::F64 || !samples.data->uniform() ||
      !prepare.inPlace())
    return std::optional<LostDigits>();
  const size_t width = std::max<size_t>(samples.data->sampleSize(), 1), count = lookedAt(samples, width);
  std::vector<double> rows(count * width);
  for (uint32_t i = 0; i < count; ++i)
    DLC_PASS_ON(gatherInputs(samples, i, prepare, rows.data() + i * width));
  return inColumns(count, width, [&](size_t row, size_t column) {
    return Value{samples.data->value(samples.rows[row], column), rows[row * width + column]};
  });
}

std::optional<LostDigits> findLostTargets(const Samples &samples) {
  const Dataset &data = *samples.data;
  if (data.targetKind != TargetKind::Numbers || data.targetSize == 0)
    return std::nullopt;
  return inColumns(lookedAt(samples, data.targetSize), data.targetSize, [&](size_t row, size_t column) {
    const double value = data.numbers[samples.rows[row] * data.targetSize + column];
    return Value{value, value};
  });
}

} // namespace dlc::data
