// Implements written().
// Every text here is taken back by a reader of key_readers.cpp; Config.IsReadBack holds the two together.
#include "written.h"

#include "dlc/support/strings.h"

#include <cmath>

namespace dlc::dsl {

std::string written(bool value) { return value ? "true" : "false"; }
std::string written(int64_t value) { return std::to_string(value); }
std::string written(double value) { return shortNumber(value); }
std::string written(DType value) { return value == DType::F64 ? "f64" : "f32"; }
std::string written(const Interval &value) {
  std::string unit = spelling(value.unit).str();
  if (value.count == 1 && unit.back() == 's')
    unit.pop_back();
  return shortNumber(value.count) + " " + unit;
}

std::string written(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "[" : ", ") + inQuotes(name);
  return text.empty() ? "none" : text + "]";
}

std::string written(const Spec &value) { return value ? spelling(value) : "none"; }

std::string written(const std::vector<Spec> &steps) {
  std::string text;
  for (const Spec &step : steps)
    text += (text.empty() ? "" : " -> ") + spelling(step);
  return text.empty() ? "none" : text;
}

std::string writtenList(const std::vector<Spec> &items) {
  std::string text;
  for (const Spec &item : items)
    text += (text.empty() ? "" : ", ") + spelling(item);
  return text.empty() ? "[]" : text;
}

std::optional<std::string> exactPercent(double share) {
  const double product = share * 100;
  std::optional<std::string> shortest;
  for (double n : {product, std::nextafter(product, 0), std::nextafter(product, 100)})
    if (std::string text = shortNumber(n); n / 100 == share && (!shortest || text.size() < shortest->size()))
      shortest = text;
  return shortest ? std::optional(*shortest + "%") : std::nullopt;
}

std::string writtenPercent(double share) { return exactPercent(share).value_or(shortNumber(share * 100) + "%"); }

std::string written(const ValSplit &value) {
  switch (value.kind) {
  case ValSplit::Kind::None:
    return "none";
  case ValSplit::Kind::Share:
    return writtenPercent(value.share);
  case ValSplit::Kind::Count:
    return std::to_string(value.count);
  case ValSplit::Kind::Slice: {
    Const slice;
    slice.kind = Const::Kind::Slice;
    slice.text = value.of;
    slice.from = value.from;
    slice.to = value.to;
    return spelling(slice);
  }
  case ValSplit::Kind::Source:
    return written(value.source);
  }
  return "";
}

} // namespace dlc::dsl
