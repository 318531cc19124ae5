// Implements the scanning of words.
// Numbers are read by std::from_chars, so that no locale changes them.
#include "words.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>
#include <charconv>

namespace dlc::dsl {
namespace {

It lexName(It at, It last) {
  if (at == last || !isNameStart(*at))
    return at;
  while (at != last && isNameChar(*at))
    ++at;
  return at;
}

Name nameBetween(It begin, It end) { return {{begin, static_cast<size_t>(end - begin)}, locBetween(begin, end)}; }

/// unit, as a whole word on the same physical line
Unit lexUnit(It &at, It last) {
  It begin = at;
  while (begin != last && (*begin == ' ' || *begin == '\t'))
    ++begin;
  if (begin != last && *begin == '%') {
    at = begin + 1;
    return Unit::Percent;
  }
  It end = lexName(begin, last);
  Unit unit = llvm::StringSwitch<Unit>(llvm::StringRef(begin, static_cast<size_t>(end - begin)).lower())
                  .Cases("epoch", "epochs", Unit::Epochs)
                  .Cases("step", "steps", Unit::Steps)
                  .Case("s", Unit::Seconds)
                  .Case("m", Unit::Minutes)
                  .Case("h", Unit::Hours)
                  .Case("mb", Unit::Megabytes)
                  .Case("gb", Unit::Gigabytes)
                  .Default(Unit::None);
  if (unit != Unit::None)
    at = end;
  return unit;
}

bool isCross(It at, It last) { return last - at >= 2 && (*at == 'x' || *at == 'X') && llvm::isDigit(at[1]); }

It skipDigits(It at, It last) { return std::find_if_not(at, last, llvm::isDigit); }

int64_t readInteger(It begin, It end) {
  int64_t value = 0;
  if (std::from_chars(begin, end, value).ec != std::errc())
    throw SyntaxError{begin, "E202", "the number is too large"};
  return value;
}

} // namespace

bool isNameStart(char c) { return llvm::isAlpha(c) || c == '_'; }
bool isNameChar(char c) { return llvm::isAlnum(c) || c == '_'; }

void skipBetweenWords(It &at, It last) {
  It start = at;
  while (at != last) {
    if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
      ++at;
    else if (*at == '#' || (*at == ';' && at != start && at[-1] == '\n'))
      at = std::find(at, last, '\n');
    else
      break;
  }
}

bool readName(It &at, It last, Name &name) {
  It begin = at;
  at = lexName(at, last);
  name = nameBetween(begin, at);
  return at != begin;
}

bool readPath(It &at, It last, Name &name) {
  It begin = at;
  at = lexName(at, last);
  if (at == begin)
    return false;
  while (at != last && *at == '.') {
    It next = lexName(at + 1, last);
    if (next == at + 1)
      throw SyntaxError{next, "E102", "expected a name after '.'"};
    at = next;
  }
  name = nameBetween(begin, at);
  return true;
}

bool readArgName(It &at, It last, Name &name) {
  if (!readName(at, last, name))
    return false;
  while (at != last && (*at == ' ' || *at == '\t'))
    ++at;
  return at != last && *at++ == '=';
}

bool readNumber(It &at, It last, Expr &expr) {
  It begin = at;
  const bool digit = at != last && llvm::isDigit(*at);
  if (!digit && !(at != last && *at == '.' && at + 1 != last && llvm::isDigit(at[1])))
    return false;
  It digits = skipDigits(at, last);
  if (digit && isCross(digits, last)) {
    ShapeLit shape;
    shape.dims.push_back(readInteger(begin, digits));
    for (at = digits; isCross(at, last); at = digits) {
      digits = skipDigits(at + 1, last);
      shape.dims.push_back(readInteger(at + 1, digits));
    }
    expr.node = std::move(shape);
  } else {
    Number number;
    auto result = std::from_chars(begin, last, number.value);
    if (result.ec != std::errc())
      throw SyntaxError{begin, "E202", "the number is too large or too small for a double"};
    at = result.ptr;
    number.whole = std::all_of(begin, at, llvm::isDigit);
    number.unit = lexUnit(at, last);
    expr.node = number;
  }
  expr.loc = locBetween(begin, at);
  return true;
}

bool readString(It &at, It last, Expr &expr) {
  if (at == last || *at != '"')
    return false;
  It begin = at++;
  String string;
  for (; at != last && *at != '"' && *at != '\n'; ++at) {
    if (*at != '\\') {
      string.value += *at;
      continue;
    }
    if (at + 1 == last || (at[1] != '"' && at[1] != '\\'))
      throw SyntaxError{at, "E101", "a backslash in a string must be written \\\\"};
    string.value += *++at;
  }
  if (at == last || *at != '"')
    throw SyntaxError{begin, "E104", "the string is not closed on its line"};
  ++at;
  expr = {locBetween(begin, at), std::move(string)};
  return true;
}

bool readRest(It &at, It last, Expr &expr) {
  llvm::StringRef rest = llvm::StringRef(at, static_cast<size_t>(last - at)).split('#').first.rtrim();
  if (rest.empty())
    return false;
  expr = {locOf(rest), Text{rest}};
  at = last;
  return true;
}

bool readMinus(It &at, It last, Loc &loc) {
  if (at == last || *at != '-' || (at + 1 != last && at[1] == '>'))
    return false;
  loc = locBetween(at, at + 1);
  ++at;
  return true;
}

bool readSumOp(It &at, It last, OpAt &op) {
  if (at != last && *at == '+') {
    op = {ArithOp::Add, locBetween(at, at + 1)};
    ++at;
    return true;
  }
  op.op = ArithOp::Sub;
  return readMinus(at, last, op.loc);
}

bool readTermOp(It &at, It last, OpAt &op) {
  if (at == last || (*at != '*' && *at != '/' && *at != '@'))
    return false;
  It begin = at++;
  op.op = *begin == '*' ? ArithOp::Mul : *begin == '@' ? ArithOp::MatMul : ArithOp::Div;
  if (*begin == '/' && at != last && *at == '/') {
    op.op = ArithOp::FloorDiv;
    ++at;
  }
  op.loc = locBetween(begin, at);
  return true;
}

} // namespace dlc::dsl
