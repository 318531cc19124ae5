// Signatures: the arguments that something takes, as data; documentation, checks and messages are made from them.
// How arguments are written, and where, is the language's business (dsl/).
#pragma once

#include "dlc/support/check.h"
#include "dlc/support/type.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <span>
#include <string>

namespace dlc {

/// What an argument may be in the language.
enum class ArgKind : uint8_t {
  Size,   ///< a whole number >= 1
  Number, ///< any number, within [min, max]
  Flag,   ///< true / false
  Word,   ///< one of `words`
  Pair,   ///< a size or two ("3", "3x5")
  Shape,  ///< "8x4x4" or [8, 4, 4]
  Init,   ///< an initialiser: He, Uniform(0.1) ...
  Name,   ///< a weight scope name
  File,   ///< the name of a file, in quotes
  Text,   ///< a word or a text of the user's
  Time,   ///< a number of epochs or steps; above 0 with minExcluded
  List,   ///< a list of anything
  Any,    ///< whatever its owner makes of it; numbers have no unit but percent
};

/// The row with another value in one of its fields. Ahead of the rows, so that clang can evaluate their short forms.
template <class Row, class T> constexpr Row with(Row row, T Row::*field, T value) {
  row.*field = value;
  return row;
}

/// One argument as the language writes it; the documentation is printed from it. Tables of them are written with the
/// short forms below: `arg::number("p", "0.5", "share of elements that are zeroed").from(0).below(1)`.
struct ArgSpec {
  llvm::StringLiteral name;
  ArgKind kind;
  llvm::StringLiteral defaultText; ///< "" = required; "none" for what may lack and has no value then
  llvm::StringLiteral doc;
  double min = -1e300, max = 1e300; ///< for Number; `max` may be excluded: see maxExcluded
  bool maxExcluded = false, minExcluded = false;
  llvm::StringLiteral words = ""; ///< for Word: "nearest|bilinear"
  bool keywordOnly = false;       ///< must be written name=value
  bool percent = false;           ///< for Number: takes percent although its range is no share
  bool repeated = false;          ///< takes all further arguments by position; the last of its signature by position

  /// The smallest value of a Size, which is 1 unless from(...) says otherwise.
  constexpr double least() const { return min > -1e300 ? min : 1; }

  constexpr ArgSpec from(double least) const { return with(*this, &ArgSpec::min, least); }
  constexpr ArgSpec above(double bound) const { return with(from(bound), &ArgSpec::minExcluded, true); }
  constexpr ArgSpec upTo(double most) const { return with(*this, &ArgSpec::max, most); }
  constexpr ArgSpec below(double bound) const { return with(upTo(bound), &ArgSpec::maxExcluded, true); }
  constexpr ArgSpec orWord(llvm::StringLiteral word) const { return with(*this, &ArgSpec::words, word); }
  constexpr ArgSpec orPercent() const { return with(*this, &ArgSpec::percent, true); }
  constexpr ArgSpec byKeyword() const { return with(*this, &ArgSpec::keywordOnly, true); }
  constexpr ArgSpec andAllBehind() const { return with(*this, &ArgSpec::repeated, true); }
};

/// One argument of each kind: its name, its default ("" = required), what it says.
namespace arg {
using Literal = llvm::StringLiteral;
constexpr ArgSpec size(Literal name, Literal value, Literal doc) { return {name, ArgKind::Size, value, doc}; }
constexpr ArgSpec number(Literal name, Literal value, Literal doc) { return {name, ArgKind::Number, value, doc}; }
constexpr ArgSpec flag(Literal name, Literal value, Literal doc) { return {name, ArgKind::Flag, value, doc}; }
constexpr ArgSpec word(Literal name, Literal value, Literal words, Literal doc) {
  return ArgSpec{name, ArgKind::Word, value, doc}.orWord(words);
}
constexpr ArgSpec pair(Literal name, Literal value, Literal doc) { return {name, ArgKind::Pair, value, doc}; }
constexpr ArgSpec shape(Literal name, Literal value, Literal doc) { return {name, ArgKind::Shape, value, doc}; }
constexpr ArgSpec init(Literal name, Literal value, Literal doc) { return {name, ArgKind::Init, value, doc}; }
constexpr ArgSpec file(Literal name, Literal value, Literal doc) { return {name, ArgKind::File, value, doc}; }
constexpr ArgSpec text(Literal name, Literal value, Literal doc) { return {name, ArgKind::Text, value, doc}; }
constexpr ArgSpec time(Literal name, Literal value, Literal doc) { return {name, ArgKind::Time, value, doc}; }
constexpr ArgSpec list(Literal name, Literal value, Literal doc) { return {name, ArgKind::List, value, doc}; }
constexpr ArgSpec any(Literal name, Literal value, Literal doc) { return {name, ArgKind::Any, value, doc}; }
} // namespace arg

/// What is called by its name: a layer, a data source, a schedule ...
struct Signature {
  llvm::StringRef name;
  llvm::StringRef doc; ///< one sentence
  std::span<const ArgSpec> args;
};

/// "Csv(file, labels=none, label=last)": how it is written, with the defaults.
std::string usage(llvm::StringRef name, std::span<const ArgSpec> args);

/// The value of an argument after checking against its ArgSpec.
struct ArgValue {
  double number = 0;
  bool flag = false;
  std::string text; ///< Word, Name, and the canonical text of an Init
  Shape shape;      ///< Pair, Shape
  bool given = false;
};

class Args {
public:
  llvm::StringMap<ArgValue> values;
  const ArgValue &value(llvm::StringRef name) const {
    auto it = values.find(name);
    DLC_CHECK(it != values.end()) << "argument '" << name << "' is not in the op's args";
    return it->second;
  }
  int64_t integer(llvm::StringRef name) const { return static_cast<int64_t>(value(name).number); }
  double number(llvm::StringRef name) const { return value(name).number; }
  bool flag(llvm::StringRef name) const { return value(name).flag; }
  llvm::StringRef word(llvm::StringRef name) const { return value(name).text; }
  const Shape &shape(llvm::StringRef name) const { return value(name).shape; }
  bool given(llvm::StringRef name) const {
    auto it = values.find(name);
    return it != values.end() && it->second.given;
  }
};

/// Reads "momentum=0.9, nesterov=true" against an argument table; what is not named gets its default. Nothing, and a
/// reason, for an unknown name or a value that does not fit.
std::optional<Args> argsFromText(std::span<const ArgSpec> specs, llvm::StringRef text, std::string &reason);

} // namespace dlc
