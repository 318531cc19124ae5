// Reading constants as what somebody needs: a number in a range, a flag, one of several words, a shape.
// Every failure is reported where the value stands; nothing is rounded or converted silently.
#pragma once

#include "dlc/signature/const.h"
#include "dlc/support/try.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>

namespace dlc {

/// A closed or half-open range of numbers, and how it is said ("from 0 to 1 (1 excluded)").
struct NumberRange {
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

/// Reads values, and says in `diags` what is wrong with them. The language, which knows constants and what other
/// frameworks call things, gives better advice by overriding.
class ValueReader {
public:
  explicit ValueReader(Diags &diags) : diags(diags) {}
  virtual ~ValueReader() = default;

  /// A number in `range`, percent resolved. E203 to E206 otherwise; `what` names what it is for ("lr", "out of
  /// Linear").
  std::optional<double> number(const Const &value, const NumberRange &range, llvm::StringRef what) const;
  /// true, yes, on, 1 and their opposites.
  std::optional<bool> flag(const Const &value, llvm::StringRef what) const;
  /// One of "a|b|c", in their spelling.
  std::optional<std::string> word(const Const &value, llvm::StringRef words, llvm::StringRef what) const;
  /// `3x32x32`, `[3, 32, 32]`, or one number; every size at least `min`.
  std::optional<Shape> shape(const Const &value, int64_t min, llvm::StringRef what) const;

  /// Canonical text of an initialiser: "He", "Uniform(0.1)".
  std::optional<std::string> init(const Const &value, llvm::StringRef what) const;
  /// Whether no number in a value, however deep in lists, has a unit other than percent; E204 for the first that has.
  bool hasNoUnits(const Const &value, llvm::StringRef what) const;

  Diags &diagnostics() const { return diags; }
  /// Whether a value that does not fit may be one that is only missing, which has been reported.
  virtual bool mayBeMissing(const Const &) const { return false; }

  /// "did you mean kernel?" for an argument that is not among `known`; "" where nothing is similar.
  virtual std::string adviceOnArgument(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known) const;

protected:
  /// Adds "did you mean width?" for a word that stands where a number belongs; false where no constant is near.
  bool suggestConstant(InFlight &diagnostic, llvm::StringRef word) const;
  /// The constant that was probably meant by `word`; "" where none is near.
  virtual llvm::StringRef nearConstant(llvm::StringRef) const { return ""; }
  /// "did you mean nearest?" for a word that is not among `known`; "" where nothing is similar.
  virtual std::string adviceOnWord(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> known) const;

  Diags &diags;
};

} // namespace dlc
