// Constants: what a source says where it says a number, a word, a text, a shape, a list or a call, evaluated.
// What a constant is good for is decided by whoever reads it (value_reader.h).
#pragma once

#include "dlc/support/diags.h"
#include "dlc/support/type.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc {

enum class Unit : uint8_t { None, Percent, Epochs, Steps, Seconds, Minutes, Hours, Megabytes, Gigabytes };
/// "%", "epochs", "s" ...; "" for None.
llvm::StringRef spelling(Unit unit);

struct ConstArg;

/// A constant after evaluation: numbers computed, constants replaced, strings interpolated.
struct Const {
  enum class Kind : uint8_t { Number, Word, String, Shape, List, Call, Slice };
  Kind kind = Kind::Number;
  double number = 0;           ///< Number, in the unit as written: 10 for `10%`
  Unit unit = Unit::None;      ///< Number
  std::string text;            ///< Word ("Adam", "true"), String; the name of a Call or of a Slice's source
  Shape shape;                 ///< Shape
  std::vector<ConstArg> items; ///< List; arguments of a Call
  int64_t from = 0, to = -1;   ///< Slice; to = -1: up to the end
  Loc loc;

  bool isNumber() const { return kind == Kind::Number; }
  /// Number with a percent sign resolved: 0.1 for `10%`.
  double fraction() const { return unit == Unit::Percent ? number / 100 : number; }
  /// Values are compared, not where they stand.
  friend bool operator==(const Const &a, const Const &b);
};
struct ConstArg {
  std::string name; ///< empty for positional ones
  Const value;
  Loc nameLoc; ///< where the name is written; no place where there is none
  friend bool operator==(const ConstArg &a, const ConstArg &b) { return a.name == b.name && a.value == b.value; }
};

/// What kind of value it is, for messages: "the number 5", "the word Adam", "a list".
std::string describe(const Const &value);
/// As a string of the language.
std::string inQuotes(llvm::StringRef text);
/// As the language writes it: "0.1", "Adam", "\"x.csv\"", "[1, 2]".
std::string spelling(const Const &value);

} // namespace dlc
