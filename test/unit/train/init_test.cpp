// Every initialiser: its range or its moments, the same numbers for the same seed, others for another seed or name.
// f64 and f32 are the same numbers, rounded.
#include "dlc/train/init.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace dlc;
using namespace dlc::train;

namespace {

Tensor make(std::string init, uint64_t seed = 0, std::string name = "linear1.weight", DType dtype = DType::F64) {
  ParamAttrs attrs;
  attrs.name = std::move(name);
  attrs.init = std::move(init);
  attrs.fan_in = 300;
  attrs.fan_out = 100;
  attrs.dtype = dtype;
  attrs.shape = {100, 300};
  Tensor tensor(Type{dtype, attrs.shape});
  initialise(tensor, attrs, seed);
  return tensor;
}

struct Case {
  const char *init;
  bool normal;
  double scale; ///< half width, or deviation
};
const Case kCases[] = {{"He", false, std::sqrt(6.0 / 300)},
                       {"HeNormal", true, std::sqrt(2.0 / 300)},
                       {"Xavier", false, std::sqrt(6.0 / 400)},
                       {"XavierNormal", true, std::sqrt(2.0 / 400)},
                       {"Torch", false, 1 / std::sqrt(300.0)},
                       {"Uniform(0.0815)", false, 0.0815},
                       {"Normal(0.02)", true, 0.02}};

class InitTest : public testing::TestWithParam<Case> {};

TEST_P(InitTest, RangeAndMoments) {
  const Case &c = GetParam();
  Tensor tensor = make(c.init);
  double sum = 0, squares = 0, largest = 0;
  for (double x : tensor.span<double>()) {
    sum += x;
    squares += x * x;
    largest = std::max(largest, std::fabs(x));
  }
  double n = 30000, deviation = c.normal ? c.scale : c.scale / std::sqrt(3.0);
  EXPECT_NEAR(sum / n, 0, 5 * deviation / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(squares / n), deviation, 0.02 * deviation);
  if (c.normal)
    EXPECT_GT(largest, 3 * deviation);
  else
    EXPECT_LE(largest, c.scale);
}

TEST_P(InitTest, SeedAndNameDecide) {
  const char *init = GetParam().init;
  EXPECT_TRUE(make(init, 7) == make(init, 7));
  EXPECT_FALSE(make(init, 7) == make(init, 8));
  EXPECT_FALSE(make(init, 7, "a.weight") == make(init, 7, "b.weight"));
}

TEST_P(InitTest, F32IsF64Rounded) {
  Tensor wide = make(GetParam().init), narrow = make(GetParam().init, 0, "linear1.weight", DType::F32);
  for (size_t i = 0; i < 30000; ++i)
    ASSERT_EQ(narrow.span<float>()[i], static_cast<float>(wide.span<double>()[i]));
}

INSTANTIATE_TEST_SUITE_P(All, InitTest, testing::ValuesIn(kCases));

TEST(Init, Constant) {
  Tensor tensor = make("Constant(-1.5)");
  for (double x : tensor.span<double>())
    ASSERT_EQ(x, -1.5);
}

} // namespace
