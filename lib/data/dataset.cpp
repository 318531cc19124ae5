// Looking into a dataset, checking it against the model's input, and choosing rows of it.
// Turning labels into what the loss wants is targets.cpp.
#include "dlc/data/dataset.h"

#include "dlc/support/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace dlc::data {

size_t Dataset::classCount() const {
  int32_t largest = -1;
  for (int32_t label : classes)
    largest = std::max(largest, label);
  return std::max(classNames.size(), static_cast<size_t>(int64_t{largest} + 1));
}

Shape Dataset::shapeOf(size_t row) const {
  if (uniform())
    return sampleShape;
  return {sampleShape[0], sizes[row][0], sizes[row][1]};
}

double Dataset::value(size_t row, size_t i) const {
  size_t at = (uniform() ? row * sampleSize() : offsets.empty() ? 0 : offsets[row]) + i;
  switch (values.form) {
  case Values::Form::Bytes:
    return values.stored(values.bytes, at);
  case Values::Form::F32:
    return values.f32[at];
  case Values::Form::F64:
    return values.f64[at];
  case Values::Form::Tokens:
    return values.tokens[at];
  case Values::Form::Reader: {
    std::vector<uint16_t> room(static_cast<size_t>(elementCount(shapeOf(row)))); // aligned for words
    auto *bytes = reinterpret_cast<uint8_t *>(room.data());
    return values.reader->read(row, bytes) ? values.stored(bytes, i) : std::numeric_limits<double>::quiet_NaN();
  }
  }
  return 0;
}

Samples allSamples(std::shared_ptr<const Dataset> data) {
  Samples samples{std::move(data), {}};
  samples.rows.resize(samples.data->count);
  std::iota(samples.rows.begin(), samples.rows.end(), 0);
  return samples;
}

Samples firstSamples(Samples samples, uint64_t limit) {
  if (limit != 0 && limit < samples.size())
    samples.rows.resize(limit);
  return samples;
}

namespace {
Trouble splitTrouble(const llvm::Twine &message, Loc loc) {
  return {.code = "E308", .message = message.str(), .loc = loc};
}
std::string countText(size_t count) { return std::to_string(count) + (count == 1 ? " sample" : " samples"); }
} // namespace

Fallible<Samples> slice(const Samples &samples, int64_t from, int64_t to, Loc loc) {
  int64_t size = static_cast<int64_t>(samples.size());
  if (from < 0)
    from += size;
  if (to < 0)
    to = to == -1 ? size : to + size;
  if (from < 0 || to > size || from > to)
    return splitTrouble("the slice reaches beyond the " + countText(samples.size()) + " of " + samples.data->origin,
                        loc);
  if (from == to)
    return splitTrouble("the slice is empty; " + samples.data->origin + " has " + countText(samples.size()), loc);
  Samples result{samples.data, {samples.rows.begin() + from, samples.rows.begin() + to}};
  return result;
}

uint64_t shareOf(const Samples &samples, double share) {
  return static_cast<uint64_t>(std::floor(share * static_cast<double>(samples.size()) + 0.5));
}

Fallible<Split> holdOut(const Samples &samples, uint64_t count, uint64_t seed, Loc loc) {
  if (count == 0)
    return splitTrouble("nothing would be held out of " + countText(samples.size()), loc);
  if (count >= samples.size())
    return splitTrouble("holding " + countText(count) + " out of " + std::to_string(samples.size()) +
                            " leaves nothing to train on",
                        loc);
  const Dataset &data = *samples.data;
  bool byClass = data.targetKind == TargetKind::Classes;
  std::vector<std::vector<uint32_t>> members(byClass ? data.classCount() : 1);
  for (uint32_t i = 0; i < samples.size(); ++i)
    members[byClass ? static_cast<size_t>(data.classes[samples.rows[i]]) : 0].push_back(i);

  // Largest remainder: whole shares first, then one more for the classes whose share was cut most.
  std::vector<uint64_t> quota(members.size());
  std::vector<std::pair<uint64_t, size_t>> cut;
  uint64_t given = 0;
  for (size_t c = 0; c < members.size(); ++c) {
    uint64_t product = count * members[c].size(); // both below 2^32
    quota[c] = product / samples.size();
    given += quota[c];
    cut.emplace_back(product % samples.size(), c);
  }
  std::sort(cut.begin(), cut.end(),
            [](const auto &a, const auto &b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  for (size_t i = 0; given < count; ++i, ++given)
    ++quota[cut[i].second];

  std::vector<bool> held(samples.size());
  for (size_t c = 0; c < members.size(); ++c) {
    RandomStream random(seed, RandomUse::Split, c);
    std::vector<uint32_t> &rows = members[c];
    for (size_t i = 0; i < quota[c]; ++i) { // the first steps of a Fisher-Yates shuffle
      size_t j = i + random.below(static_cast<uint32_t>(rows.size() - i));
      std::swap(rows[i], rows[j]);
      held[rows[i]] = true;
    }
  }
  Split split{{samples.data, {}}, {samples.data, {}}};
  for (uint32_t i = 0; i < samples.size(); ++i)
    (held[i] ? split.held : split.train).rows.push_back(samples.rows[i]);
  return split;
}

} // namespace dlc::data
