// Checks of evaluated constants that keys and arguments share: kind, range, unit; and how values are said in messages.
// Every failure is reported where the value stands; nothing is rounded or converted silently.
#include "dlc/dsl/foreign_names.h"
#include "dlc/dsl/vocabulary.h"
#include "evaluate.h"

#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

namespace dlc::dsl {

std::string Range::text() const {
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

std::string inQuotes(llvm::StringRef text) {
  std::string result = "\"";
  for (char c : text) {
    result += c == '"' || c == '\\' ? "\\" : "";
    result += c;
  }
  return result + "\"";
}

std::string spelling(const Const &value) {
  auto items = [&](char open, char close) {
    std::string text(1, open);
    for (const ConstArg &item : value.items) {
      text += text.size() > 1 ? ", " : "";
      text += item.name.empty() ? "" : item.name + "=";
      text += spelling(item.value);
    }
    return text + close;
  };
  switch (value.kind) {
  case Const::Kind::Number:
    return shortNumber(value.number) + (value.unit == Unit::None || value.unit == Unit::Percent ? "" : " ") +
           spelling(value.unit).str();
  case Const::Kind::Word:
    return value.text;
  case Const::Kind::String:
    return inQuotes(value.text);
  case Const::Kind::Shape: {
    std::string text;
    for (int64_t size : value.shape) {
      text += text.empty() ? "" : "x";
      text += std::to_string(size);
    }
    return text;
  }
  case Const::Kind::List:
    return items('[', ']');
  case Const::Kind::Call:
    return value.text + items('(', ')');
  case Const::Kind::Slice:
    return value.text + "[" + std::to_string(value.from) + ":" + (value.to < 0 ? "" : std::to_string(value.to)) + "]";
  }
  return "";
}

std::string describe(const Const &value) {
  switch (value.kind) {
  case Const::Kind::Number:
    return spelling(value);
  case Const::Kind::Word:
    return "the word " + value.text;
  case Const::Kind::String:
    return "the string " + spelling(value);
  case Const::Kind::Shape:
    return "the shape " + spelling(value);
  case Const::Kind::List:
    return "a list";
  case Const::Kind::Call:
    return value.text + "(...)";
  case Const::Kind::Slice:
    return "a slice";
  }
  return "";
}

std::optional<double> Evaluator::number(const Const &value, const Range &range, llvm::StringRef what) const {
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
    auto d = diags.error(value.loc, range.whole && number < range.min ? "E203" : "E205");
    d << what << " takes " << range.text();
    if (number > range.max && range.max >= 1e15) // which is not worth saying otherwise
      d << " and at most " << shortNumber(range.max);
    d << ", found " << spelling(value);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Evaluator::flag(const Const &value, llvm::StringRef what) const {
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
  diags.error(value.loc, "E205") << what << " takes true or false, found " << describe(value);
  return std::nullopt;
}

std::optional<std::string> Evaluator::word(const Const &value, llvm::StringRef words, llvm::StringRef what) const {
  llvm::SmallVector<llvm::StringRef> all;
  words.split(all, '|');
  if (value.kind == Const::Kind::Word)
    for (llvm::StringRef candidate : all)
      if (candidate.equals_insensitive(value.text))
        return candidate.str();
  const std::string advice = value.kind == Const::Kind::Word ? adviceOnName(NameKind::Word, value.text, all) : "";
  if (advice.empty() && mayBeMissing(value))
    return std::nullopt;
  auto d = diags.error(value.loc, "E205");
  d << what << " takes " << (all.size() == 1 ? "" : "one of ") << llvm::join(all, ", ") << ", found "
    << describe(value);
  if (!advice.empty())
    d.help(advice);
  return std::nullopt;
}

std::optional<Shape> Evaluator::shape(const Const &value, int64_t min, llvm::StringRef what) const {
  const Range size{static_cast<double>(min), 1e15, false, false, true};
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
      auto n = number(item.value, size, what);
      if (!n)
        return std::nullopt;
      result.push_back(static_cast<int64_t>(*n));
    }
    return result;
  }
  if (mayBeMissing(value))
    return std::nullopt;
  if (!value.isNumber()) {
    diags.error(value.loc, "E205") << what << " takes a shape such as 3x32x32, found " << describe(value);
    return std::nullopt;
  }
  auto n = number(value, size, what);
  if (!n)
    return std::nullopt;
  result.push_back(static_cast<int64_t>(*n));
  return result;
}

namespace {

struct Initialiser {
  llvm::StringLiteral name;
  llvm::StringLiteral argument; ///< "" for none
  Range range;
};
constexpr Range kPositive{0, 1e300, true, false, false};
constexpr Initialiser kInitialisers[] = {
    {"He", "", {}},    {"HeNormal", "", {}},        {"Xavier", "", {}},          {"XavierNormal", "", {}},
    {"Torch", "", {}}, {"Uniform", "r", kPositive}, {"Normal", "sd", kPositive}, {"Constant", "v", {}}};

} // namespace

llvm::ArrayRef<llvm::StringLiteral> initialiserNames() {
  static const std::vector<llvm::StringLiteral> names = [] {
    std::vector<llvm::StringLiteral> all;
    for (const Initialiser &row : kInitialisers)
      all.push_back(row.name);
    return all;
  }();
  return names;
}

std::optional<std::string> Evaluator::init(const Const &value, llvm::StringRef what) const {
  const bool named = value.kind == Const::Kind::Word || value.kind == Const::Kind::Call;
  llvm::SmallVector<llvm::StringRef> names;
  for (const Initialiser &row : kInitialisers) {
    names.push_back(row.name);
    if (!named || !row.name.equals_insensitive(value.text))
      continue;
    if (row.argument.empty()) {
      if (value.items.empty())
        return row.name.str();
      diags.error(value.items.front().value.loc, "E251") << row.name << " takes no arguments";
      return std::nullopt;
    }
    const bool fits = value.items.size() == 1 && (value.items[0].name.empty() || value.items[0].name == row.argument);
    if (!fits) {
      diags.error(value.loc, "E251") << row.name << " takes one argument: " << row.name << "(" << row.argument << ")";
      return std::nullopt;
    }
    auto number = this->number(value.items[0].value, row.range, (row.name + "(" + row.argument + ")").str());
    if (!number)
      return std::nullopt;
    return (row.name + "(" + shortNumber(*number) + ")").str();
  }
  const std::string advice = named ? adviceOnName(NameKind::Word, value.text, names) : "";
  if (advice.empty() && mayBeMissing(value))
    return std::nullopt;
  auto d = diags.error(value.loc, "E205");
  d << what << " takes an initialiser (" << llvm::join(names, ", ") << "), found " << describe(value);
  if (!advice.empty())
    d.help(advice);
  return std::nullopt;
}

} // namespace dlc::dsl
