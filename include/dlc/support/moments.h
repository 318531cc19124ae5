// Moments: mean and deviation of numbers, added one after the other in any order of magnitude.
// No sums of squares: their difference has no digit left where the deviation is small beside the mean.
#pragma once

#include <cmath>
#include <cstdint>

namespace dlc {

/// Welford's updates of the distances from the first number, which are small where the numbers lie close together: the
/// mean of 1e9 and 1e9 + 1 has all its digits, and so has the deviation.
class Moments {
public:
  void add(double value) {
    if (count_++ == 0)
      first = value;
    const double distance = value - first, before = distance - mean_;
    mean_ += before / static_cast<double>(count_);
    squares += before * (distance - mean_);
  }
  uint64_t count() const { return count_; }
  double mean() const { return first + mean_; }
  /// Of all the numbers, not of a sample of them: divided by their count.
  double deviation() const { return count_ ? std::sqrt(squares / static_cast<double>(count_)) : 0; }

private:
  uint64_t count_ = 0;
  double first = 0, mean_ = 0, squares = 0;
};

} // namespace dlc
