// Constant expressions: numbers, words, strings, shapes and lists, with arithmetic over the constants of the file.
// It knows no key and no layer; ranges and kinds are checked by whoever wants the value.
#pragma once

#include "dlc/dsl/settings/settings.h"
#include "dlc/signature/value_reader.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <optional>

namespace dlc::dsl {

class Evaluator : public ValueReader {
public:
  /// For reading a file from its beginning: no constant is known yet.
  Evaluator(const File &file, Diags &diags);
  /// For a file whose constants have been read.
  Evaluator(const File &file, const std::vector<ConstArg> &constants, Diags &diags);
  /// For a scope inside another one: its definitions come first, then those of `outer`, which must live longer.
  explicit Evaluator(const Evaluator &outer) : ValueReader(outer.diags), outer(&outer) {}
  Evaluator &operator=(const Evaluator &) = delete;

  /// Makes a constant known from here on. The last definition counts.
  void define(llvm::StringRef name, Const value);
  /// The definition of `name` is wrong and that has been said: uses of it are no errors of their own.
  void defineBroken(llvm::StringRef name) { broken.insert(name); }
  bool isBroken(llvm::StringRef name) const { return broken.contains(name) || (outer && outer->isBroken(name)); }
  const std::vector<ConstArg> &all() const { return constants; }
  /// The value, or nothing after an error that was reported (or that belongs to a constant whose definition is wrong).
  std::optional<Const> eval(const Expr &expr) const;
  std::optional<ConstArg> eval(const Arg &arg) const;
  const Const *constant(llvm::StringRef name) const;

  bool mayBeMissing(const Const &value) const override { return value.kind == Const::Kind::Word && lacksConstants(); }

private:
  llvm::StringRef nearConstant(llvm::StringRef word) const override;
  std::string adviceOnArgument(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known) const override;
  std::string adviceOnWord(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> known) const override;

  bool lacksConstants() const { return outer ? outer->lacksConstants() : incomplete; }
  std::optional<Const> arithmetic(const Chain &chain, Loc loc) const;
  std::optional<double> operand(const Expr &expr) const;
  std::optional<std::string> interpolate(const String &string, Loc loc) const;
  /// Values made from other values double with every line, so that a short file could fill all memory: `bytes` more of
  /// them, or E208.
  bool mayCopy(size_t bytes, Loc loc) const;
  /// No constant of the file, and near none.
  bool isUnknown(llvm::StringRef word) const;
  /// E201 for what only reads as arithmetic: a comment of another language, a path without quotes.
  bool isOtherText(const Chain &chain, Loc loc) const;
  /// Says that `name` is not usable as a constant here, unless that is somebody else's mistake.
  bool isUnusable(llvm::StringRef name, Loc loc) const;

  const Evaluator *outer = nullptr;
  std::vector<ConstArg> constants;
  llvm::StringMap<size_t> index;
  llvm::StringMap<Loc> declared; ///< all constants of the file, and their lines
  llvm::StringSet<> broken;
  bool incomplete = false;   ///< an include failed
  mutable size_t copied = 0; ///< bytes of values that were made from others, here and in the scopes inside
};

/// The arguments of a call, as if they stood where the call is used; they refer to `call`.
std::vector<Arg> argumentsOf(const Const &call);

} // namespace dlc::dsl
