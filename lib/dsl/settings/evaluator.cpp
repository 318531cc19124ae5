// Implements the evaluation of constant expressions.
// What kind and range of value is wanted is checked in values.cpp.
#include "evaluator.h"

#include "dlc/dsl/names/foreign_names.h"
#include "dlc/support/strings.h"
#include "dlc/support/try.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

namespace dlc::dsl {
namespace {

constexpr size_t kMaxCopied = size_t{64} << 20;

/// Of a list or text, what it takes in memory; a number costs nothing but its place.
size_t sizeOf(const Const &value) {
  size_t bytes = value.text.size();
  for (const ConstArg &item : value.items)
    bytes += sizeof(ConstArg) + sizeOf(item.value);
  return bytes;
}

Expr expressionOf(const Const &value) {
  Expr expr;
  expr.loc = value.loc;
  switch (value.kind) {
  case Const::Kind::Number:
    expr.node = Number{value.number, value.unit, false};
    break;
  case Const::Kind::String:
    expr.node = String{value.text};
    break;
  case Const::Kind::Shape:
    expr.node = ShapeLit{{value.shape.begin(), value.shape.end()}};
    break;
  case Const::Kind::List:
    expr.node = List{argumentsOf(value)};
    break;
  case Const::Kind::Call:
    expr.node = Call{{value.text, value.loc}, argumentsOf(value)};
    break;
  case Const::Kind::Word:
  case Const::Kind::Slice: // of a data set, which no layer takes: its name says what was found
    expr.node = Ref{{value.text, value.loc}};
    break;
  }
  return expr;
}

} // namespace

std::vector<Arg> argumentsOf(const Const &call) {
  std::vector<Arg> args;
  for (const ConstArg &item : call.items)
    args.push_back({{item.name, item.nameLoc}, expressionOf(item.value)});
  return args;
}

bool Evaluator::mayCopy(size_t bytes, Loc loc) const {
  const Evaluator *root = this;
  while (root->outer)
    root = root->outer;
  if (root->copied > kMaxCopied)
    return false; // said before
  root->copied += std::min(bytes, kMaxCopied + 1);
  if (root->copied <= kMaxCopied)
    return true;
  diags.error(loc, "E208") << "values built from other values take more than " << (kMaxCopied >> 20) << " MiB here";
  return false;
}

Evaluator::Evaluator(const File &file, Diags &diags) : ValueReader(diags), incomplete(file.incomplete) {
  for (const Statement &s : file.constants)
    declared.try_emplace(s.key.text, s.loc);
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
    if (auto own = scope->declared.find(name); own != scope->declared.end()) {
      const char *at = loc.Start.getPointer();
      const Loc line = own->second;
      if (line.Start.getPointer() <= at && at < line.End.getPointer())
        diags.error(loc, "E201") << "'" << name << "' is used in its own definition";
      else
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
  DLC_TRY(auto value, eval(arg.value));
  return ConstArg{arg.name.text.str(), std::move(value), arg.name.loc};
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
    DLC_TRY(auto text, interpolate(*s, expr.loc));
    value.text = std::move(text);
  } else if (const auto *t = expr.as<Text>()) {
    value.kind = Const::Kind::String;
    value.text = t->value.str();
  } else if (const auto *shape = expr.as<ShapeLit>()) {
    value.kind = Const::Kind::Shape;
    value.shape.assign(shape->dims.begin(), shape->dims.end());
  } else if (const auto *r = expr.as<Ref>()) {
    if (const Const *known = constant(r->name.text)) {
      if (!mayCopy(sizeOf(*known), expr.loc))
        return std::nullopt;
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
    DLC_TRY(auto number, operand(*negate->operand));
    value.number = -number;
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
    diags.error(expr.loc, "E222") << "an arrow is not allowed here";
    return std::nullopt;
  }
  return value;
}

llvm::StringRef Evaluator::nearConstant(llvm::StringRef word) const {
  llvm::SmallVector<llvm::StringRef> names;
  for (const Evaluator *scope = this; scope; scope = scope->outer)
    for (const ConstArg &constant : llvm::ArrayRef(scope->constants).take_front(1000)) // enough for a suggestion
      names.push_back(constant.name);
  return closest(word, names);
}

std::string Evaluator::adviceOnArgument(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known) const {
  return adviceOnName(NameKind::Argument, name, known);
}

std::string Evaluator::adviceOnWord(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> known) const {
  return adviceOnName(NameKind::Word, word, known);
}

bool Evaluator::isUnknown(llvm::StringRef word) const {
  for (const Evaluator *scope = this; scope; scope = scope->outer)
    if (scope->broken.contains(word) || scope->declared.count(word))
      return false;
  return !constant(word) && !lacksConstants() && nearConstant(word).empty();
}

bool Evaluator::isOtherText(const Chain &chain, Loc loc) const {
  const Operand &last = chain.operands.back();
  const Ref *word = last.value.as<Ref>();
  if (last.op == ArithOp::FloorDiv && word && isUnknown(word->name.text)) {
    diags.error(join(last.opLoc, word->name.loc), "E201").help("comments begin with #")
        << "'" << word->name.text << "' is not a constant";
    return true;
  }
  const llvm::StringRef text = textOf(loc), first = text.take_while([](char c) { return c != '/' && c != '-'; });
  const bool isPath = text.contains('/') && llvm::all_of(text, [](char c) {
                        return llvm::isAlnum(c) || c == '_' || c == '.' || c == '/' || c == '-';
                      });
  if (!isPath || first.empty() || llvm::isDigit(first.front()) || !isUnknown(first))
    return false;
  diags.error(loc, "E201").help("paths are quoted: " + inQuotes(text)) << "'" << text << "' is not made of constants";
  return true;
}

std::optional<double> Evaluator::operand(const Expr &expr) const {
  DLC_TRY(auto value, eval(expr));
  if (mayBeMissing(value))
    return std::nullopt;
  if (value.kind == Const::Kind::Word) {
    auto d = diags.error(expr.loc, "E201");
    d << "'" << value.text << "' is not a constant";
    if (!suggestConstant(d, value.text))
      d.help("paths are quoted: \"data/x.csv\"; constants are defined above the first section: " + value.text +
             " = 16");
    return std::nullopt;
  }
  if (!value.isNumber()) {
    diags.error(expr.loc, "E201") << "arithmetic needs numbers, found " << describe(value);
    return std::nullopt;
  }
  if (value.unit != Unit::None && value.unit != Unit::Percent) {
    diags.error(expr.loc, "E204") << "arithmetic does not accept the unit '" << spelling(value.unit) << "'";
    return std::nullopt;
  }
  return value.fraction();
}

std::optional<Const> Evaluator::arithmetic(const Chain &chain, Loc loc) const {
  if (isOtherText(chain, loc))
    return std::nullopt;
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
    case ArithOp::Add:
      *result += *value;
      break;
    case ArithOp::Sub:
      *result -= *value;
      break;
    case ArithOp::Mul:
      *result *= *value;
      break;
    case ArithOp::Div:
    case ArithOp::FloorDiv:
      if (*value == 0) {
        diags.error(next.value.loc, "E202") << "division by zero";
        return std::nullopt;
      }
      *result = next.op == ArithOp::Div ? *result / *value : std::floor(*result / *value);
      break;
    case ArithOp::MatMul:
      diags.error(next.opLoc, "E201") << "'@' multiplies matrices; use '*' for numbers";
      return std::nullopt;
    }
  }
  if (!ok)
    return std::nullopt;
  if (!std::isfinite(*result)) {
    diags.error(loc, "E202") << "the result is too large";
    return std::nullopt;
  }
  Const value;
  value.number = *result;
  value.loc = loc;
  return value;
}

std::optional<std::string> Evaluator::interpolate(const String &string, Loc loc) const {
  std::string out;
  llvm::StringRef rest = string.value, source = textOf(loc);
  for (size_t at = rest.find("${"); at != llvm::StringRef::npos; at = rest.find("${")) {
    out += rest.take_front(at);
    size_t close = rest.find('}', at);
    // No escape makes or hides a "${": in the source it is the one of the same number.
    source = source.drop_front(std::min(source.find("${"), source.size()));
    const size_t end = std::min(source.find_first_of("}\""), source.size());
    const Loc place = source.empty() ? loc : locOf(source.take_front(end + source.substr(end).starts_with("}")));
    source = source.drop_front(end);
    if (close == llvm::StringRef::npos) {
      diags.error(place, "E104") << "'${' in the string is not closed";
      return std::nullopt;
    }
    llvm::StringRef name = rest.slice(at + 2, close).trim();
    const Const *known = constant(name);
    if (!known) {
      if (!isUnusable(name, place) && !lacksConstants())
        diags.error(place, "E201") << "'" << name << "' in the string is not a constant";
      return std::nullopt;
    }
    const std::string text = known->kind == Const::Kind::String ? known->text : spelling(*known);
    if (!mayCopy(text.size(), loc))
      return std::nullopt;
    out += text;
    rest = rest.drop_front(close + 1);
  }
  return out + rest.str();
}

} // namespace dlc::dsl
