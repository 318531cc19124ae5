// Ranges and means of values, and the two lines of text that they are in a model file.
// Numbers are written so that they read back to the same bits, and files stay the same from run to run.
#include "dlc/train/sample_look.h"

#include "dlc/data/batches.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <limits>

namespace dlc::train {
namespace {

constexpr llvm::StringLiteral kSample = "sample", kFeatures = "features";
constexpr llvm::StringLiteral kPictures = "pictures", kNumbers = "numbers";
/// A table with more columns is no form for people.
constexpr size_t kMostFeatures = 1024;
/// Enough for a range; training takes longer than looking at so many.
constexpr size_t kMostSamples = 4096, kMostDecoded = 64;

/// Range and mean of numbers, one at a time.
struct Seen {
  double low = std::numeric_limits<double>::infinity(), high = -low, sum = 0;
  size_t count = 0;
  void add(double value) {
    if (!std::isfinite(value))
      return;
    low = std::min(low, value), high = std::max(high, value);
    sum += value, ++count;
  }
  SampleLook::Range range() const {
    return count ? SampleLook::Range{low, high, sum / static_cast<double>(count)} : SampleLook::Range{};
  }
};

std::string text(const SampleLook::Range &range) {
  return shortNumber(range.low) + " " + shortNumber(range.high) + " " + shortNumber(range.mean);
}

/// Three numbers in front of `words`, which loses them.
bool read(llvm::ArrayRef<llvm::StringRef> &words, SampleLook::Range &range) {
  if (words.size() < 3)
    return false;
  double *const numbers[] = {&range.low, &range.high, &range.mean};
  for (double *number : numbers) {
    const auto value = parseNumber(words.front());
    if (!value)
      return false;
    *number = *value;
    words = words.drop_front();
  }
  return true;
}

bool readShape(llvm::StringRef text, Shape &shape) {
  llvm::SmallVector<llvm::StringRef, 4> sizes;
  text.split(sizes, 'x');
  for (llvm::StringRef size : sizes)
    if (int64_t value = 0; size.getAsInteger(10, value) || value < 0)
      return false;
    else
      shape.push_back(value);
  return !shape.empty();
}

} // namespace

SampleLook lookOf(const data::Samples &samples) {
  using Form = data::Values::Form;
  SampleLook look;
  if (samples.empty())
    return look;
  const data::Dataset &data = *samples.data;
  look.shape = data.sampleShape;
  if (data.values.form == Form::Tokens)
    return look;
  look.pictures = data.values.form == Form::Bytes || data.values.form == Form::Reader;
  const bool row = look.shape.size() == 1 && look.shape.front() <= static_cast<int64_t>(kMostFeatures);
  std::vector<Seen> features(row && !look.pictures ? data.sampleSize() : 0);
  Seen all;
  const size_t most = data.values.form == Form::Reader ? kMostDecoded : kMostSamples;
  const size_t step = (samples.size() + most - 1) / most;
  std::vector<double> values;
  for (size_t at = 0; at < samples.size(); at += step) {
    values.resize(static_cast<size_t>(elementCount(data.shapeOf(samples.rows[at]))));
    if (!data::gatherInputs(samples, static_cast<uint32_t>(at), data::Prepare(), values.data()))
      continue; // a file that has gone meanwhile
    for (const auto &[i, value] : llvm::enumerate(values)) {
      all.add(value);
      if (!features.empty())
        features[i].add(value);
    }
  }
  look.all = all.range();
  for (const Seen &feature : features)
    look.features.push_back(feature.range());
  return look;
}

void recordLook(const SampleLook &look, model::Trailer &trailer) {
  if (look.shape.empty())
    return;
  trailer.values.emplace_back(kSample, shapeText(look.shape) + " " + (look.pictures ? kPictures : kNumbers).str() +
                                           " " + text(look.all));
  if (!look.features.empty())
    trailer.values.emplace_back(
        kFeatures, llvm::join(llvm::map_range(look.features, [](const auto &range) { return text(range); }), " "));
}

SampleLook lookIn(const model::Trailer &trailer) {
  SampleLook look;
  llvm::SmallVector<llvm::StringRef, 8> words;
  trailer.value(kSample).value_or("").split(words, ' ');
  llvm::ArrayRef<llvm::StringRef> rest = words;
  if (rest.size() != 5 || !readShape(rest[0], look.shape) || (rest[1] != kPictures && rest[1] != kNumbers))
    return {};
  look.pictures = rest[1] == kPictures;
  rest = rest.drop_front(2);
  if (!read(rest, look.all))
    return {};
  const llvm::StringRef features = trailer.value(kFeatures).value_or("");
  words.clear();
  features.split(words, ' ', -1, false);
  rest = words;
  for (SampleLook::Range range; read(rest, range);)
    look.features.push_back(range);
  if (!rest.empty() ||
      (!look.features.empty() && look.features.size() != static_cast<size_t>(elementCount(look.shape))))
    look.features.clear();
  return look;
}

} // namespace dlc::train
