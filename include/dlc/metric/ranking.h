// Ranking: who comes before whom among classes, and among samples for one class.
// It orders numbers and counts nothing across batches; metrics.cpp does that.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <utility>
#include <vector>

namespace dlc::metric {

/// How many classes stand before class `of`: those with a larger number, and of equal ones those that come earlier, so
/// that a net that says the same of all classes is not right about each. NaN stands last.
template <class T> size_t rankOf(llvm::ArrayRef<T> numbers, size_t of) {
  const T own = numbers[of];
  if (own != own)
    return numbers.size();
  size_t before = 0;
  for (size_t i = 0; i < numbers.size(); ++i)
    before += numbers[i] > own || (i < of && numbers[i] == own);
  return before;
}

/// log(p / (1 - p)) of each class from the logits of one sample: ordered as the probabilities are, without the ties
/// that their rounding to 0 and 1 makes. `sorted` is scratch.
template <class T> void logOdds(llvm::ArrayRef<T> logits, std::vector<double> &odds, std::vector<double> &sorted);
extern template void logOdds<float>(llvm::ArrayRef<float>, std::vector<double> &, std::vector<double> &);
extern template void logOdds<double>(llvm::ArrayRef<double>, std::vector<double> &, std::vector<double> &);

/// The share of pairs (of the class, not of the class) that stand in the right order, ties half. Nothing where all
/// samples are of one kind, or where a number is NaN.
std::optional<double> areaUnderCurve(std::vector<std::pair<double, bool>> ranked);

} // namespace dlc::metric
