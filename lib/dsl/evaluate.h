// Constant expressions: numbers, words, strings, shapes and lists, with arithmetic over the constants of the file.
// It knows no key and no layer; ranges and kinds are checked by whoever wants the value.
#pragma once

#include "dlc/dsl/settings.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <optional>

namespace dlc::dsl {

/// A closed or half-open range of numbers, and how it is said ("from 0 to 1 (1 excluded)").
struct Range {
  double min = -1e300, max = 1e300;
  bool minExcluded = false, maxExcluded = false;
  bool whole = false;

  bool contains(double value) const {
    return (minExcluded ? value > min : value >= min) && (maxExcluded ? value < max : value <= max);
  }
  /// "a whole number of at least 1", "a number from 0 to 1 (1 excluded)"
  std::string text() const;
  /// A share: also takes percent.
  bool isShare() const { return min >= 0 && max <= 1 && !whole; }
};

class Evaluator {
public:
  /// For reading a file from its beginning: no constant is known yet.
  Evaluator(const File &file, Diags &diags);
  /// For a file whose constants have been read.
  Evaluator(const File &file, const std::vector<ConstArg> &constants, Diags &diags);
  /// For a scope inside another one: its definitions come first, then those of `outer`, which must live longer.
  explicit Evaluator(const Evaluator &outer) : outer(&outer), diags(outer.diags) {}
  Evaluator &operator=(const Evaluator &) = delete;

  /// Makes a constant known from here on. The last definition counts.
  void define(llvm::StringRef name, Const value);
  /// The definition of `name` is wrong and that has been said: uses of it are no errors of their own.
  void defineBroken(llvm::StringRef name) { broken.insert(name); }
  bool isBroken(llvm::StringRef name) const { return broken.contains(name) || (outer && outer->isBroken(name)); }
  const std::vector<ConstArg> &all() const { return constants; }
  /// A word that may be a constant which an include would have brought: its use is no error of its own.
  bool mayBeMissing(const Const &value) const { return value.kind == Const::Kind::Word && lacksConstants(); }

  /// The value, or nothing after an error that was reported (or that belongs to a constant whose definition is wrong).
  std::optional<Const> eval(const Expr &expr) const;
  std::optional<ConstArg> eval(const Arg &arg) const;
  const Const *constant(llvm::StringRef name) const;

  /// A number in `range`, percent resolved. E203, E204, E205 otherwise; `what` names what it is for ("lr", "out of
  /// Linear").
  std::optional<double> number(const Const &value, const Range &range, llvm::StringRef what) const;
  /// true, yes, on, 1 and their opposites.
  std::optional<bool> flag(const Const &value, llvm::StringRef what) const;
  /// One of "a|b|c", in their spelling.
  std::optional<std::string> word(const Const &value, llvm::StringRef words, llvm::StringRef what) const;
  /// `3x32x32`, `[3, 32, 32]`, or one number; every size at least `min`.
  std::optional<Shape> shape(const Const &value, int64_t min, llvm::StringRef what) const;
  /// Canonical text of an initialiser: "He", "Uniform(0.1)".
  std::optional<std::string> init(const Const &value, llvm::StringRef what) const;

  Diags &diagnostics() const { return diags; }

private:
  bool lacksConstants() const { return outer ? outer->lacksConstants() : incomplete; }
  std::optional<Const> arithmetic(const Chain &chain, Loc loc) const;
  std::optional<double> operand(const Expr &expr) const;
  std::optional<std::string> interpolate(const String &string, Loc loc) const;
  /// Values made from other values double with every line, so that a short file could fill all memory: `bytes` more of
  /// them, or E205.
  bool mayCopy(size_t bytes, Loc loc) const;
  /// The constant that was probably meant by `word`; "" where none is near.
  llvm::StringRef nearConstant(llvm::StringRef word) const;
  /// No constant of the file, and near none.
  bool isUnknown(llvm::StringRef word) const;
  /// E201 for what only reads as arithmetic: a comment of another language, a path without quotes.
  bool isOtherText(const Chain &chain, Loc loc) const;
  /// Adds "did you mean width?" for a word that stands where a number belongs; false where no constant is near.
  bool suggestConstant(InFlight &diagnostic, llvm::StringRef word) const;

  /// Says that `name` is not usable as a constant here, unless that is somebody else's mistake.
  bool isUnusable(llvm::StringRef name, Loc loc) const;

  const Evaluator *outer = nullptr;
  std::vector<ConstArg> constants;
  llvm::StringMap<size_t> index;
  llvm::StringMap<Loc> declared; ///< all constants of the file, and their lines
  llvm::StringSet<> broken;
  bool incomplete = false;   ///< an include failed
  mutable size_t copied = 0; ///< bytes of values that were made from others, here and in the scopes inside
  Diags &diags;
};

/// The arguments of a call, as if they stood where the call is used; they refer to `call`.
std::vector<Arg> argumentsOf(const Const &call);

/// What kind of value it is, for messages: "the number 5", "the word Adam", "a list".
std::string describe(const Const &value);
/// As a string of the language.
std::string inQuotes(llvm::StringRef text);
/// As the language writes it: "0.1", "Adam", "\"x.csv\"", "[1, 2]".
std::string spelling(const Const &value);

} // namespace dlc::dsl
