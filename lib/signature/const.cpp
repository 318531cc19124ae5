// How constants are compared, said in messages and written.
// Nothing is checked here.
#include "dlc/signature/const.h"

#include "dlc/support/strings.h"

namespace dlc {

llvm::StringRef spelling(Unit unit) {
  switch (unit) {
  case Unit::None:
    return "";
  case Unit::Percent:
    return "%";
  case Unit::Epochs:
    return "epochs";
  case Unit::Steps:
    return "steps";
  case Unit::Seconds:
    return "s";
  case Unit::Minutes:
    return "m";
  case Unit::Hours:
    return "h";
  case Unit::Megabytes:
    return "MB";
  case Unit::Gigabytes:
    return "GB";
  }
  return "";
}

bool operator==(const Const &a, const Const &b) {
  return a.kind == b.kind && a.number == b.number && a.unit == b.unit && a.text == b.text && a.shape == b.shape &&
         a.items == b.items && a.from == b.from && a.to == b.to;
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
  case Const::Kind::Number: {
    llvm::StringRef unit = spelling(value.unit);
    if (value.number == 1 && (value.unit == Unit::Epochs || value.unit == Unit::Steps))
      unit = unit.drop_back(); // 1 epoch
    return shortNumber(value.number) + (unit.empty() || value.unit == Unit::Percent ? "" : " ") + unit.str();
  }
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
    return value.unit == Unit::None ? writtenNumber(value.number) : spelling(value);
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

} // namespace dlc
