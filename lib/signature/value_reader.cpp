// Checks of constants that keys and arguments share: kind, range, unit.
// Which of them is wanted is said by the caller.
#include "dlc/signature/value_reader.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

namespace dlc {

std::string NumberRange::text() const {
  std::string kind = whole ? "a whole number" : "a number";
  const bool lower = min > -1e300, upper = max < 1e15;
  if (lower && upper) {
    kind += " from " + shortNumber(min) + " to " + shortNumber(max);
    if (minExcluded && maxExcluded)
      kind += " (both excluded)";
    else if (minExcluded || maxExcluded)
      kind += " (" + shortNumber(minExcluded ? min : max) + " excluded)";
  } else if (lower) {
    kind += (minExcluded ? " above " : " of at least ") + shortNumber(min);
  } else if (upper) {
    kind += (maxExcluded ? " below " : " of at most ") + shortNumber(max);
  }
  return kind;
}

bool ValueReader::suggestConstant(InFlight &diagnostic, llvm::StringRef word) const {
  llvm::StringRef near = nearConstant(word);
  if (!near.empty())
    diagnostic.help("did you mean " + near + "?");
  return !near.empty();
}

std::string ValueReader::adviceOnArgument(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known) const {
  return adviceOnWord(name, known);
}

bool ValueReader::hasNoUnits(const Const &value, llvm::StringRef what) const {
  if (value.isNumber() && value.unit != Unit::None && value.unit != Unit::Percent) {
    diags.error(value.loc, "E204") << what << " takes no unit, found '" << spelling(value.unit) << "'";
    return false;
  }
  return llvm::all_of(value.items, [&](const ConstArg &item) { return hasNoUnits(item.value, what); });
}

std::string ValueReader::adviceOnWord(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> known) const {
  llvm::StringRef near = closest(word, known);
  return near.empty() ? "" : "did you mean " + near.str() + "?";
}

std::optional<double> ValueReader::number(const Const &value, const NumberRange &range, llvm::StringRef what) const {
  if (mayBeMissing(value))
    return std::nullopt;
  if (!value.isNumber()) {
    auto d = diags.error(value.loc, "E205");
    d << what << " takes " << range.text() << ", found " << describe(value);
    if (value.kind == Const::Kind::Word)
      suggestConstant(d, value.text);
    return std::nullopt;
  }
  if (value.unit != Unit::None && !(value.unit == Unit::Percent && range.isShare())) {
    auto d = diags.error(value.loc, "E204");
    d << what << " takes no unit, found '" << spelling(value.unit) << "'";
    d.help("write " + shortNumber(value.unit == Unit::Percent && !range.whole ? value.fraction() : value.number));
    return std::nullopt;
  }
  double number = value.fraction();
  if (range.whole && number != std::trunc(number)) {
    diags.error(value.loc, "E203") << what << " takes a whole number, found " << shortNumber(number);
    return std::nullopt;
  }
  if (!range.contains(number)) {
    auto d = diags.error(value.loc, range.whole && number < range.min ? ErrorCode("E203") : ErrorCode("E206"));
    d << what << " takes " << range.text();
    if (number > range.max && range.max >= 1e15) // which is not worth saying otherwise
      d << " and at most " << shortNumber(range.max);
    d << ", found " << describe(value);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> ValueReader::flag(const Const &value, llvm::StringRef what) const {
  if (value.isNumber() && value.unit == Unit::None && (value.number == 0 || value.number == 1))
    return value.number == 1;
  if (value.kind == Const::Kind::Word) {
    auto known = llvm::StringSwitch<std::optional<bool>>(llvm::StringRef(value.text).lower())
                     .Cases("true", "yes", "on", true)
                     .Cases("false", "no", "off", false)
                     .Default(std::nullopt);
    if (known)
      return known;
  }
  if (mayBeMissing(value))
    return std::nullopt;
  diags.error(value.loc, "E209") << what << " takes true or false, found " << describe(value);
  return std::nullopt;
}

std::optional<std::string> ValueReader::word(const Const &value, llvm::StringRef words, llvm::StringRef what) const {
  llvm::SmallVector<llvm::StringRef> all;
  words.split(all, '|');
  if (value.kind == Const::Kind::Word)
    for (llvm::StringRef candidate : all)
      if (candidate.equals_insensitive(value.text))
        return candidate.str();
  const std::string advice = value.kind == Const::Kind::Word ? adviceOnWord(value.text, all) : "";
  if (advice.empty() && mayBeMissing(value))
    return std::nullopt;
  auto d = diags.error(value.loc, "E209");
  d << what << " takes " << (all.size() == 1 ? "" : "one of ") << llvm::join(all, ", ") << ", found "
    << describe(value);
  if (!advice.empty())
    d.help(advice);
  return std::nullopt;
}

std::optional<Shape> ValueReader::shape(const Const &value, int64_t min, llvm::StringRef what) const {
  const NumberRange size{static_cast<double>(min), 1e15, false, false, true};
  Shape result;
  if (value.kind == Const::Kind::Shape) {
    for (int64_t d : value.shape)
      if (d < min || d > 1000000000000000) {
        diags.error(value.loc, "E203") << what << " takes sizes of at least " << min
                                       << (d < min ? "" : " and at most 1e15") << ", found " << spelling(value);
        return std::nullopt;
      }
    return value.shape;
  }
  if (value.kind == Const::Kind::List && !value.items.empty()) {
    for (const ConstArg &item : value.items) {
      DLC_TRY(auto n, number(item.value, size, what));
      result.push_back(static_cast<int64_t>(n));
    }
    return result;
  }
  if (mayBeMissing(value))
    return std::nullopt;
  if (!value.isNumber()) {
    diags.error(value.loc, "E205") << what << " takes a shape such as 3x32x32, found " << describe(value);
    return std::nullopt;
  }
  DLC_TRY(auto n, number(value, size, what));
  result.push_back(static_cast<int64_t>(n));
  return result;
}

} // namespace dlc
