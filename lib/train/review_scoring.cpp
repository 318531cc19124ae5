// The review of what scores are measured on: samples that trained the net, or that chose its weights.
// Samples are compared by hashes of their values; pictures that are decoded each time, by their source alone.
#include "review_parts.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

#include <optional>

namespace dlc::train {
namespace {

/// A hash of the values and the target of a sample; nothing where its values are not at hand.
std::optional<uint64_t> hashOf(const data::Dataset &set, uint32_t row) {
  using Form = data::Values::Form;
  auto bytes = [](const auto *data, size_t count) {
    return llvm::ArrayRef(reinterpret_cast<const uint8_t *>(data), count * sizeof(*data));
  };
  const size_t size = set.sampleSize(), at = row * size;
  if (!set.uniform() || size == 0 || set.targetKind == data::TargetKind::Next)
    return std::nullopt;
  llvm::ArrayRef<uint8_t> values;
  switch (set.values.form) {
  case Form::Bytes:
    values = bytes(set.values.bytes + at, size);
    break;
  case Form::F32:
    values = bytes(set.values.f32.data() + at, size);
    break;
  case Form::F64:
    values = bytes(set.values.f64.data() + at, size);
    break;
  case Form::Tokens:
    values = bytes(set.values.tokens.data() + at, size);
    break;
  case Form::Reader:
    return std::nullopt;
  }
  uint64_t hash = llvm::xxh3_64bits(values);
  if (set.targetKind == data::TargetKind::Classes)
    hash = hash * 31 + static_cast<uint64_t>(set.classes[row]);
  else if (set.targetKind == data::TargetKind::Numbers)
    hash = hash * 31 + llvm::xxh3_64bits(bytes(set.numbers.data() + row * set.targetSize, set.targetSize));
  return hash;
}

/// Whether all `samples`, no two of which are the same, are among `others` as well. A table of few different rows holds
/// most of them twice, and proves nothing.
bool areAmong(const data::Samples &samples, const data::Samples &others) {
  if (samples.empty() || others.size() < samples.size() || samples.data->values.form != others.data->values.form ||
      samples.data->sampleSize() != others.data->sampleSize())
    return false;
  llvm::DenseSet<uint64_t> missing;
  for (uint32_t row : samples.rows) {
    auto hash = hashOf(*samples.data, row);
    if (!hash || !missing.insert(*hash & INT64_MAX).second) // the largest values are DenseSet's own
      return false;
  }
  for (uint32_t row : others.rows)
    if (auto hash = hashOf(*others.data, row); hash && missing.erase(*hash & INT64_MAX) && missing.empty())
      return true;
  return false;
}

} // namespace

void reviewScoring(compile::Unit &unit, const Bundle &bundle) {
  const dsl::DataSettings &data = unit.settings.data;
  const dsl::TrainSettings &t = unit.settings.train;
  using Kind = dsl::ValSplit::Kind;
  const bool plateau = llvm::any_of(t.schedule, [](const Spec &s) { return s.name == "Plateau"; });
  const bool chooses = t.keep.value != "last" || t.patience > 0 || plateau;
  if (data.val->kind == Kind::Slice && data.val->of == "test" && chooses)
    unit.diags.warning(data.val.loc, "W510").help("write val = 10%, which holds out training samples")
        << "val is part of test: test scores the samples that choose the best weights";
  auto compare = [&](const Spec &source, const data::Samples &samples, Loc loc, llvm::StringRef role) {
    if (!source || samples.empty())
      return;
    if (source == data.train.value || areAmong(samples, bundle.train))
      unit.diags.warning(loc, "W510")
              .help(role == "test" ? "leave test out, and write val = 20%, or name other samples"
                                   : "write val = 20%, which holds out training samples")
          << role << " contains only training samples: its score shows how well they were memorised";
  };
  compare(data.test.value, bundle.test, data.test.loc, "test");
  if (data.val->kind == Kind::Source) {
    compare(data.val->source, bundle.val, data.val.loc, "val");
    if (data.test.value && chooses && data.val->source == data.test.value && !(data.test.value == data.train.value))
      unit.diags.warning(data.val.loc, "W510").help("write val = 20%, which holds out training samples")
          << "val and test are the same samples: test scores the samples that choose the best weights";
  }
}

} // namespace dlc::train
