// Looking into a dataset, checking it against the model's input, and choosing rows of it.
// targets.cpp turns labels into what the loss needs.
#include "dlc/data/dataset.h"

#include "dlc/support/philox.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace dlc::data {

std::string Dataset::featureText(size_t feature) const {
  if (feature < columnNames.size())
    return "column '" + columnNames[feature] + "'";
  return feature < columns.size() ? "column " + std::to_string(columns[feature])
                                  : "feature " + std::to_string(feature + 1);
}

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

bool readsAs(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to) {
  auto withoutOnes = [](llvm::ArrayRef<int64_t> shape) {
    Shape sizes;
    llvm::copy_if(shape, std::back_inserter(sizes), [](int64_t size) { return size != 1; });
    return sizes;
  };
  const Shape a = withoutOnes(from), b = withoutOnes(to);
  return elementCount(a) == elementCount(b) && (a.size() < 2 || b.size() < 2 || a == b);
}

Samples allSamples(std::shared_ptr<const Dataset> data) {
  Samples samples{std::move(data), {}};
  samples.rows.resize(samples.data->count);
  std::iota(samples.rows.begin(), samples.rows.end(), 0);
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

namespace {

/// Divides `count` in the proportion of `sizes`, whose sum it does not exceed: whole shares first, then one more for
/// those whose share was cut most, the first among equals (largest remainder).
std::vector<uint64_t> sharesOf(llvm::ArrayRef<uint64_t> sizes, uint64_t count) {
  const uint64_t all = std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
  std::vector<uint64_t> quota(sizes.size());
  std::vector<std::pair<uint64_t, size_t>> cut;
  uint64_t given = 0;
  for (size_t c = 0; c < sizes.size() && all; ++c) {
    const uint64_t product = count * sizes[c]; // both below 2^32
    quota[c] = product / all;
    given += quota[c];
    cut.emplace_back(product % all, c);
  }
  std::sort(cut.begin(), cut.end(),
            [](const auto &a, const auto &b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  for (size_t i = 0; given < count; ++i, ++given)
    ++quota[cut[i].second];
  return quota;
}

/// Which of `count` positions are chosen: of each list of members as many as its quota says.
std::vector<bool> choose(std::vector<std::vector<uint32_t>> members, llvm::ArrayRef<uint64_t> quota, size_t count,
                         uint64_t seed, RandomUse use) {
  std::vector<bool> chosen(count);
  for (size_t c = 0; c < members.size(); ++c) {
    RandomStream random(seed, use, c);
    std::vector<uint32_t> &rows = members[c];
    for (size_t i = 0; i < quota[c]; ++i) { // the first steps of a Fisher-Yates shuffle
      size_t j = i + random.below(static_cast<uint32_t>(rows.size() - i));
      std::swap(rows[i], rows[j]);
      chosen[rows[i]] = true;
    }
  }
  return chosen;
}

/// Positions by class, or by row of targets where there are few different ones; otherwise all together. None is empty.
std::vector<std::vector<uint32_t>> strata(const Samples &samples) {
  constexpr size_t kFew = 256;
  const Dataset &data = *samples.data;
  std::map<std::vector<double>, std::vector<uint32_t>> byTarget;
  for (uint32_t i = 0; i < samples.size(); ++i) {
    const uint32_t row = samples.rows[i];
    std::vector<double> target;
    if (data.targetKind == TargetKind::Classes)
      target = {static_cast<double>(data.classes[row])};
    else if (data.targetKind == TargetKind::Numbers)
      target.assign(data.numbers.begin() + static_cast<ptrdiff_t>(row * data.targetSize),
                    data.numbers.begin() + static_cast<ptrdiff_t>((row + 1) * data.targetSize));
    byTarget[std::move(target)].push_back(i);
    if (byTarget.size() > kFew && data.targetKind != TargetKind::Classes) {
      std::vector<uint32_t> all(samples.size());
      std::iota(all.begin(), all.end(), 0);
      return {std::move(all)};
    }
  }
  std::vector<std::vector<uint32_t>> members;
  for (auto &[target, rows] : byTarget)
    members.push_back(std::move(rows));
  return members;
}

} // namespace

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
  std::vector<uint64_t> sizes;
  for (const std::vector<uint32_t> &rows : members)
    sizes.push_back(rows.size());
  std::vector<bool> held = choose(members, sharesOf(sizes, count), samples.size(), seed, RandomUse::Split);
  Split split{{samples.data, {}}, {samples.data, {}}};
  for (uint32_t i = 0; i < samples.size(); ++i)
    (held[i] ? split.held : split.train).rows.push_back(samples.rows[i]);
  return split;
}

Samples drawSamples(const Samples &samples, uint64_t count, uint64_t seed) {
  if (count == 0 || count >= samples.size())
    return samples;
  std::vector<std::vector<uint32_t>> members = strata(samples);
  if (members.size() > count) { // not one for each: one each for as many as there can be
    std::vector<uint32_t> all(members.size());
    std::iota(all.begin(), all.end(), 0);
    const std::vector<bool> kept = choose({std::move(all)}, {count}, members.size(), seed, RandomUse::Limit);
    size_t next = 0;
    llvm::erase_if(members, [&](const auto &) { return !kept[next++]; });
  }
  std::vector<uint64_t> others;
  for (const std::vector<uint32_t> &rows : members)
    others.push_back(rows.size() - 1);
  std::vector<uint64_t> quota = sharesOf(others, count - members.size());
  for (uint64_t &q : quota)
    ++q;
  std::vector<bool> drawn = choose(members, quota, samples.size(), seed, RandomUse::Limit);
  Samples result{samples.data, {}};
  for (uint32_t i = 0; i < samples.size(); ++i)
    if (drawn[i])
      result.rows.push_back(samples.rows[i]);
  return result;
}

} // namespace dlc::data
