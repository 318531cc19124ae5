// Tests of typed attributes: text, equality and hash agree on every kind of field.
// Which ops carry which attributes is not their business.
#include "dlc/support/attrs.h"

#include "gtest/gtest.h"
#include <cmath>
#include <limits>

namespace dlc {
namespace {

struct Sample {
  int64_t count = 1;
  double factor = 0;
  bool flag = false;
  DType dtype = DType::F32;
  std::string name;
  Shape shape;
  static constexpr auto fields() {
    return std::array{field<&Sample::count>("count"), field<&Sample::factor>("factor"), field<&Sample::flag>("flag"),
                      field<&Sample::dtype>("dtype"), field<&Sample::name>("name"),     field<&Sample::shape>("shape")};
  }
};

TEST(Attrs, DifferInEveryField) {
  const std::vector<Sample> all = {{},
                                   {.count = 2},
                                   {.factor = 0.5},
                                   {.factor = -0.0},
                                   {.factor = std::numeric_limits<double>::infinity()},
                                   {.flag = true},
                                   {.dtype = DType::F64},
                                   {.name = "a"},
                                   {.shape = {2, 3}},
                                   {.shape = {3, 2}}};
  for (size_t i = 0; i < all.size(); ++i)
    for (size_t j = 0; j < all.size(); ++j) {
      Attrs a = Attrs::of(all[i]), b = Attrs::of(all[j]);
      EXPECT_EQ(a == b, i == j) << a.text() << " and " << b.text();
      EXPECT_EQ(a.text() == b.text(), i == j) << a.text();
      EXPECT_EQ(hash_value(a) == hash_value(b), i == j) << a.text() << " and " << b.text();
    }
}

TEST(Attrs, MinusZeroReadsBack) {
  Sample sample;
  ASSERT_EQ(Attrs::of(Sample{.factor = -0.0}).text(), "factor=-0");
  ASSERT_EQ(attrTable<Sample>().set(&sample, "factor", "-0"), AttrResult::Ok);
  EXPECT_TRUE(std::signbit(sample.factor));
}

TEST(Attrs, NaNEqualsItself) {
  const Sample nan{.factor = std::numeric_limits<double>::quiet_NaN()};
  EXPECT_TRUE(Attrs::of(nan) == Attrs::of(nan));
}

TEST(Attrs, OfDifferentStructsDiffer) {
  struct Other {
    int64_t count = 1;
    static constexpr auto fields() { return std::array{field<&Other::count>("count")}; }
  };
  EXPECT_FALSE(Attrs::of(Other{}) == Attrs::of(Sample{}));
  EXPECT_FALSE(Attrs::of(Other{}) == Attrs{});
  EXPECT_TRUE(Attrs{} == Attrs{});
}

} // namespace
} // namespace dlc
