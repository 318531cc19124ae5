// What the data steps share: the affine loop, numbers as text that reads back to the same bits, and the trouble of a misfit.
// fit. Private to data.
#pragma once

#include "dlc/data/prepare.h"

#include <cmath>
#include <optional>
#include <vector>

namespace dlc::data {

/// Shortest text that reads back to the same double.
std::string numberText(double value);
/// "name=1,2,3"; the numbers without blanks.
std::string numbersText(llvm::StringRef name, llvm::ArrayRef<double> values);
/// Removes " name=1,2,3" from the front of `text`; nothing if it is not there or a number is malformed or not finite.
std::optional<std::vector<double>> takeNumbers(llvm::StringRef &text, llvm::StringRef name);

/// The numbers of an argument: one number or a list of numbers; nothing otherwise.
std::optional<std::vector<double>> numbersOf(const dsl::Const &value);
/// E309 at `loc` (or at the step): "Normalize ...", help "write <example>".
Trouble stepTrouble(const dsl::Spec &spec, Loc loc, const llvm::Twine &message, llvm::StringRef example);

/// Spreads parameters over the `size` values of a sample: one for all (then it stays one), one for each value, or one
/// for each of the `shape[0]` channels. Nothing if the number fits none of these.
std::optional<std::vector<double>> spread(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape);

/// (x - shift) / scale over rows of `size` values, with one pair for all or one pair for each value.
class AffineStep : public Step {
public:
  AffineStep(std::vector<double> shift, std::vector<double> scale);
  void apply(float *x, size_t rows, size_t size) const override;
  void apply(double *x, size_t rows, size_t size) const override;

protected:
  std::vector<double> shift, scale; ///< of equal length: 1 or the size of a sample

private:
  std::vector<float> shiftF32, scaleF32;
};

} // namespace dlc::data
