// The data preparation of a net as C: one function for each step, which says what one of its numbers is from the
// numbers before it. What a step becomes is said in stage_<name>.cpp; the folder is the registry.
#pragma once

#include "dlc/data/prepare.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>

namespace dlc::deploy {

/// A step while it is written. In texts $R is the type of raw numbers, $K what tells the two kinds of functions apart.
class StageWriter {
public:
  StageWriter(size_t place, const Shape &before, const Shape &after, bool moved)
      : before(before), after(after), place_(place), moved_(moved) {}

  /// The number at `index` before the step, in double.
  std::string previous(const std::string &index) const;
  /// The whole function: `body` returns the number at `at`; `tables` stands before it.
  void function(const std::string &body, const std::string &tables = "");
  /// A static function of the whole picture that stands before it, called "@step3_down_$K"; what it returns is computed
  /// once for all numbers and is then moved(slot), slot 0 or 1.
  void whole(size_t slot, const std::string &name, const std::string &body);
  std::string moved(size_t slot) const { return "moved[" + std::to_string(2 * place_ + slot) + "]"; }
  std::string named(const std::string &what) const { return "@step" + std::to_string(place_) + "_" + what; }

  const Shape before, after;
  std::string text;   ///< functions
  std::string setup;  ///< statements of net_prepare
  bool moves = false; ///< in place is out of the question

private:
  std::string parameters() const { return std::string("const $R *raw, ") + (moved_ ? "const int32_t *moved, " : ""); }
  size_t place_;
  bool moved_; ///< some step computes something from the whole picture
};

/// One step as C, from what Step::text() says of it.
struct CStage {
  llvm::StringLiteral name;
  void (*write)(StageWriter &writer, llvm::StringRef numbers);
  bool usesWhole = false; ///< calls whole()
};
llvm::ArrayRef<const CStage *> allStages();

struct PrepareText {
  std::string code;    ///< with @ for the prefix
  bool inPlace = true; ///< raw and prepared numbers may be the same array
  int64_t raw = 0;     ///< numbers of a raw sample
};
/// For samples of shape `raw` as they come; `real` is the type of prepared numbers. Nothing where a step does not fit.
std::optional<PrepareText> prepareText(const data::Prepare &prepare, const Shape &raw, llvm::StringRef real);

/// "min=1,2 range=3": the numbers behind `name`.
std::vector<double> numbersBehind(llvm::StringRef text, llvm::StringRef name);
/// A double to the bit.
std::string doubleText(double value);
/// "{1.0, 2.0}" over as many lines as it takes.
std::string tableText(llvm::ArrayRef<double> values);

} // namespace dlc::deploy
