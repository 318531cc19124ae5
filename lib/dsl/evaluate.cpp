// Implements the evaluation of constant expressions and the checks that keys and arguments share.
// Every failure is reported where the value stands; nothing is rounded or converted silently.
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
  case Const::Kind::String: {
    std::string text = "\"";
    for (char c : value.text) {
      text += c == '"' || c == '\\' ? "\\" : "";
      text += c;
    }
    return text + "\"";
  }
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
  case Const::Kind::Number: return spelling(value);
  case Const::Kind::Word: return "the word " + value.text;
  case Const::Kind::String: return "the string " + spelling(value);
  case Const::Kind::Shape: return "the shape " + spelling(value);
  case Const::Kind::List: return "a list";
  case Const::Kind::Call: return value.text + "(...)";
  case Const::Kind::Slice: return "a slice";
  }
  return "";
}

Evaluator::Evaluator(const File &file, Diags &diags) : diags(diags) {
  for (const Statement &s : file.constants)
    declared.insert(s.key.text);
  for (const Name &name : file.unread)
    broken.insert(name.text);
}

Evaluator::Evaluator(const File &file, const std::vector<ConstArg> &known, Diags &diags) : Evaluator(file, diags) {
  for (const ConstArg &constant : known)
    define(constant.name, constant.value);
  for (const auto &name : declared)
    if (!index.count(name.first()))
      broken.insert(name.first());
}

bool Evaluator::isUnusable(llvm::StringRef name, Loc loc) const {
  for (const Evaluator *scope = this; scope; scope = scope->outer) {
    if (scope->broken.contains(name))
      return true;
    if (scope->declared.contains(name)) {
      diags.error(loc, "E201").help("move its line up") << "'" << name << "' is defined further below";
      return true;
    }
  }
  return false;
}

void Evaluator::define(llvm::StringRef name, Const value) {
  auto [it, isNew] = index.try_emplace(name, constants.size());
  if (isNew)
    constants.push_back({name.str(), std::move(value)});
  else
    constants[it->second].value = std::move(value);
}

const Const *Evaluator::constant(llvm::StringRef name) const {
  auto it = index.find(name);
  if (it != index.end())
    return &constants[it->second].value;
  return outer ? outer->constant(name) : nullptr;
}

std::optional<ConstArg> Evaluator::eval(const Arg &arg) const {
  auto value = eval(arg.value);
  if (!value)
    return std::nullopt;
  return ConstArg{arg.name.text.str(), std::move(*value)};
}

std::optional<Const> Evaluator::eval(const Expr &expr) const {
  Const value;
  value.loc = expr.loc;
  auto evalItems = [&](const std::vector<Arg> &args) {
    bool ok = true;
    for (const Arg &arg : args) {
      auto item = eval(arg);
      ok &= item.has_value();
      if (item)
        value.items.push_back(std::move(*item));
    }
    return ok;
  };
  if (const auto *n = expr.as<Number>()) {
    value.kind = Const::Kind::Number;
    value.number = n->value;
    value.unit = n->unit;
  } else if (const auto *s = expr.as<String>()) {
    value.kind = Const::Kind::String;
    auto text = interpolate(*s, expr.loc);
    if (!text)
      return std::nullopt;
    value.text = std::move(*text);
  } else if (const auto *t = expr.as<Text>()) {
    value.kind = Const::Kind::String;
    value.text = t->value.str();
  } else if (const auto *shape = expr.as<ShapeLit>()) {
    value.kind = Const::Kind::Shape;
    value.shape.assign(shape->dims.begin(), shape->dims.end());
  } else if (const auto *r = expr.as<Ref>()) {
    if (const Const *known = constant(r->name.text)) {
      value = *known;
      value.loc = expr.loc;
      return value;
    }
    if (isUnusable(r->name.text, expr.loc))
      return std::nullopt;
    value.kind = Const::Kind::Word;
    value.text = r->name.text.str();
  } else if (const auto *call = expr.as<Call>()) {
    value.kind = Const::Kind::Call;
    value.text = call->callee.text.str();
    if (!evalItems(call->args))
      return std::nullopt;
  } else if (const auto *list = expr.as<List>()) {
    value.kind = Const::Kind::List;
    if (!evalItems(list->items))
      return std::nullopt;
  } else if (const auto *chain = expr.as<Chain>()) {
    return arithmetic(*chain, expr.loc);
  } else if (const auto *negate = expr.as<Negate>()) {
    auto number = operand(*negate->operand);
    if (!number)
      return std::nullopt;
    value.number = -*number;
  } else if (const auto *slice = expr.as<Slice>()) {
    value.kind = Const::Kind::Slice;
    value.text = slice->of.text.str();
    auto bound = [&](const Expr *e, int64_t &out) {
      if (!e)
        return true;
      auto number = eval(*e);
      auto n = number ? this->number(*number, {0, 9e15, false, false, true}, "the bound of a slice") : std::nullopt;
      if (n)
        out = static_cast<int64_t>(*n);
      return n.has_value();
    };
    if (!bound(slice->from.get(), value.from) || !bound(slice->to.get(), value.to))
      return std::nullopt;
  } else {
    diags.error(expr.loc, "E205") << "an arrow has no meaning here";
    return std::nullopt;
  }
  return value;
}

std::optional<double> Evaluator::operand(const Expr &expr) const {
  auto value = eval(expr);
  if (!value)
    return std::nullopt;
  if (value->kind == Const::Kind::Word) {
    llvm::SmallVector<llvm::StringRef> names;
    for (const Evaluator *scope = this; scope; scope = scope->outer)
      for (const ConstArg &constant : llvm::ArrayRef(scope->constants).take_front(1000)) // enough for a suggestion
        names.push_back(constant.name);
    auto d = diags.error(expr.loc, "E201");
    d << "'" << value->text << "' is not a constant";
    llvm::StringRef near = closest(value->text, names);
    if (!near.empty())
      d.help("did you mean " + near + "?");
    else
      d.help("paths are quoted: \"data/x.csv\"; constants are defined above the first section: " + value->text + " = 16");
    return std::nullopt;
  }
  if (!value->isNumber()) {
    diags.error(expr.loc, "E201") << "numbers are needed for arithmetic, found " << describe(*value);
    return std::nullopt;
  }
  if (value->unit != Unit::None && value->unit != Unit::Percent) {
    diags.error(expr.loc, "E204") << "no arithmetic with the unit '" << spelling(value->unit) << "'";
    return std::nullopt;
  }
  return value->fraction();
}

std::optional<Const> Evaluator::arithmetic(const Chain &chain, Loc loc) const {
  std::optional<double> result;
  bool ok = true;
  for (const Operand &next : chain.operands) {
    auto value = operand(next.value);
    if (!value) {
      ok = false;
      continue;
    }
    if (!ok)
      continue;
    if (&next == &chain.operands.front()) {
      result = *value;
      continue;
    }
    switch (next.op) {
    case ArithOp::Add: *result += *value; break;
    case ArithOp::Sub: *result -= *value; break;
    case ArithOp::Mul: *result *= *value; break;
    case ArithOp::Div:
    case ArithOp::FloorDiv:
      if (*value == 0) {
        diags.error(next.value.loc, "E205") << "division by zero";
        return std::nullopt;
      }
      *result = next.op == ArithOp::Div ? *result / *value : std::floor(*result / *value);
      break;
    case ArithOp::MatMul:
      diags.error(next.opLoc, "E201") << "'@' multiplies matrices; numbers take '*'";
      return std::nullopt;
    }
  }
  if (!ok)
    return std::nullopt;
  if (!std::isfinite(*result)) {
    diags.error(loc, "E205") << "the result is too large";
    return std::nullopt;
  }
  Const value;
  value.number = *result;
  value.loc = loc;
  return value;
}

std::optional<std::string> Evaluator::interpolate(const String &string, Loc loc) const {
  std::string out;
  llvm::StringRef rest = string.value;
  for (size_t at = rest.find("${"); at != llvm::StringRef::npos; at = rest.find("${")) {
    out += rest.take_front(at);
    size_t close = rest.find('}', at);
    if (close == llvm::StringRef::npos) {
      diags.error(loc, "E104") << "'${' in the string is not closed";
      return std::nullopt;
    }
    llvm::StringRef name = rest.slice(at + 2, close).trim();
    const Const *known = constant(name);
    if (!known) {
      if (!isUnusable(name, loc))
        diags.error(loc, "E201") << "'" << name << "' in the string is not a constant";
      return std::nullopt;
    }
    out += known->kind == Const::Kind::String ? known->text : spelling(*known);
    rest = rest.drop_front(close + 1);
  }
  return out + rest.str();
}

std::optional<double> Evaluator::number(const Const &value, const Range &range, llvm::StringRef what) const {
  if (!value.isNumber()) {
    diags.error(value.loc, "E205") << what << " takes " << range.text() << ", found " << describe(value);
    return std::nullopt;
  }
  if (value.unit != Unit::None && !(value.unit == Unit::Percent && range.isShare())) {
    auto d = diags.error(value.loc, "E204");
    d << what << " takes no unit, found '" << spelling(value.unit) << "'";
    d.help("write " + shortNumber(value.unit == Unit::Percent && !range.whole ? value.fraction() : value.number));
    return std::nullopt;
  }
  double number = value.fraction();
  const bool size = range.whole && range.min >= 0 && range.max >= 1e15;
  if (range.whole && number != std::trunc(number)) {
    diags.error(value.loc, "E203") << what << " takes a whole number, found " << shortNumber(number);
    return std::nullopt;
  }
  if (!range.contains(number)) {
    diags.error(value.loc, size && number < range.min ? "E203" : "E205")
        << what << " takes " << range.text() << ", found " << spelling(value);
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
  auto d = diags.error(value.loc, "E205");
  d << what << " takes " << (all.size() == 1 ? "" : "one of ") << llvm::join(all, ", ") << ", found " << describe(value);
  if (value.kind == Const::Kind::Word && !closest(value.text, all).empty())
    d.help("did you mean " + closest(value.text, all) + "?");
  return std::nullopt;
}

std::optional<Shape> Evaluator::shape(const Const &value, int64_t min, llvm::StringRef what) const {
  const Range size{static_cast<double>(min), 1e15, false, false, true};
  Shape result;
  if (value.kind == Const::Kind::Shape) {
    for (int64_t d : value.shape)
      if (d < min || d > 1000000000000000) {
        diags.error(value.loc, "E203") << what << " takes sizes of at least " << min << ", found " << spelling(value);
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

std::optional<std::string> Evaluator::init(const Const &value, llvm::StringRef what) const {
  struct Row {
    llvm::StringLiteral name;
    llvm::StringLiteral argument; ///< "" for none
    Range range;
  };
  static constexpr Range kPositive{0, 1e300, true, false, false};
  static constexpr Row kRows[] = {{"He", "", {}},      {"HeNormal", "", {}},          {"Xavier", "", {}},
                                  {"XavierNormal", "", {}}, {"Torch", "", {}},        {"Uniform", "r", kPositive},
                                  {"Normal", "sd", kPositive}, {"Constant", "v", {}}};
  const bool named = value.kind == Const::Kind::Word || value.kind == Const::Kind::Call;
  llvm::SmallVector<llvm::StringRef> names;
  for (const Row &row : kRows) {
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
  auto d = diags.error(value.loc, "E205");
  d << what << " takes an initialiser (" << llvm::join(names, ", ") << "), found " << describe(value);
  if (named && !closest(value.text, names).empty())
    d.help("did you mean " + closest(value.text, names) + "?");
  return std::nullopt;
}

} // namespace dlc::dsl
