// Mean and deviation where sums of squares have no digit left. The numbers of whole columns are in
// data/numbers_test.cpp.
#include "dlc/support/moments.h"

#include "gtest/gtest.h"

#include <vector>

namespace dlc {
namespace {

/// Both in extended precision, from the distances to the mean.
std::pair<double, double> exactly(const std::vector<double> &values) {
  long double sum = 0, squares = 0, count = static_cast<long double>(values.size());
  for (double value : values)
    sum += static_cast<long double>(value) - values.front();
  const long double mean = sum / count;
  for (double value : values) {
    const long double distance = static_cast<long double>(value) - values.front() - mean;
    squares += distance * distance;
  }
  return {static_cast<double>(values.front() + mean), static_cast<double>(std::sqrt(squares / count))};
}

TEST(Moments, KeepTheirDigitsFarFromZero) {
  for (double offset : {0.0, 1.0, -1e3, 1e9, 1.7e9, -1e12, 1e15})
    for (double step : {1.0, 0.5, 1e-3, 1e3})
      for (size_t count : {2u, 10u, 1000u}) {
        Moments moments;
        std::vector<double> values;
        for (size_t i = 0; i < count; ++i)
          values.push_back(offset + static_cast<double>(i * 7919 % count) * step);
        for (double value : values)
          moments.add(value);
        auto [mean, deviation] = exactly(values);
        EXPECT_NEAR(moments.mean(), mean, 4e-16 * std::abs(mean) + 1e-15 * deviation) << offset << ' ' << step;
        EXPECT_NEAR(moments.deviation(), deviation, 1e-13 * deviation) << offset << ' ' << step;
        EXPECT_EQ(moments.count(), count);
      }
}

TEST(Moments, FirstNumberFarFromTheOthers) {
  Moments moments;
  std::vector<double> values = {0};
  for (int i = 0; i < 999; ++i)
    values.push_back(1e9 + i);
  for (double value : values)
    moments.add(value);
  auto [mean, deviation] = exactly(values);
  EXPECT_NEAR(moments.mean(), mean, 1e-14 * mean);
  EXPECT_NEAR(moments.deviation(), deviation, 1e-13 * deviation);
}

TEST(Moments, NumbersThatDoNotVaryHaveNoDeviation) {
  for (double value : {0.1, 1e9 + 0.1, -3e-7}) {
    Moments moments;
    for (int i = 0; i < 1001; ++i)
      moments.add(value);
    EXPECT_EQ(moments.mean(), value);
    EXPECT_EQ(moments.deviation(), 0);
  }
  EXPECT_EQ(Moments().deviation(), 0);
}

} // namespace
} // namespace dlc
