// What the data steps share: the affine loop, numbers as text that reads back to the same bits, and the trouble of a
// misfit. fit. Private to data.
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
std::optional<std::vector<double>> numbersOf(const Const &value);
/// E309 at `loc` (or at the step): "Normalize ...", help "write <example>".
Trouble stepTrouble(const Spec &spec, Loc loc, const llvm::Twine &message, llvm::StringRef example);

/// Whether so many parameters can stand for a sample: one for all, one for each channel, or one for each value.
bool fitsSample(size_t parameters, const Shape &shape);
/// Into how many blocks of equal size a sample is cut to be fitted: its channels for pictures, else its values.
size_t blocksOf(const Shape &shape);

/// (x - shift) / scale over rows of `size` values, with one pair for each of equally large blocks of a sample: for all
/// of it, for each channel, or for each value.
class AffineStep : public Step {
public:
  AffineStep(std::vector<double> shift, std::vector<double> scale);
  Fallible<Shape> shapeAfter(const Shape &in) const override;
  void apply(double *x, size_t rows, size_t size) const override;

protected:
  std::vector<double> shift, scale; ///< of equal length, which divides the size of a sample
};

} // namespace dlc::data
