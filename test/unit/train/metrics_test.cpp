// Metrics against values worked out by hand, and against the definition where there is one to compute directly.
// Both dtypes go through the same cases.
#include "dlc/train/metrics.h"

#include "dlc/support/tensor.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace dlc;
using namespace dlc::train;

namespace {

std::vector<Spec> wanted(std::initializer_list<const char *> names) {
  std::vector<Spec> specs;
  for (const char *name : names) {
    Spec s;
    s.name = name;
    if (s.name == "TopK") {
      ConstArg k;
      k.name = "k";
      k.value.number = 2;
      s.args.push_back(k);
    }
    specs.push_back(s);
  }
  return specs;
}

template <class T> class MeterTest : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(MeterTest, Floats);

TYPED_TEST(MeterTest, ClassesByHand) {
  using T = TypeParam;
  auto metrics = wanted({"Accuracy", "TopK", "F1", "Precision", "Recall", "ConfusionMatrix"});
  Meter meter(Task::Classes, 3, dtypeOf<T>(), metrics, Meter::Depth::Full);
  // truth:            0               0               1               2               2
  T y[] = {T(.7), T(.2), T(.1), T(.1), T(.8), T(.1), T(.2), T(.5), T(.3), T(.3), T(.3), T(.4), T(.5), T(.1), T(.4)};
  int32_t t[] = {0, 0, 1, 2, 2};
  meter.add(y, t, 3, 1.0);
  meter.add(y + 9, t + 3, 2, 2.0);
  Scores s = meter.scores();
  EXPECT_EQ(s.count, 5);
  EXPECT_EQ(s.hits, 3);
  EXPECT_DOUBLE_EQ(s.loss, (3 * 1.0 + 2 * 2.0) / 5);
  EXPECT_DOUBLE_EQ(*s.find("accuracy"), 0.6);
  EXPECT_DOUBLE_EQ(*s.find("val_Accuracy"), 0.6);
  EXPECT_DOUBLE_EQ(*s.find("top2"), 1.0); // every truth is first or second

  // Several TopK are measured side by side, and go on from their state; other metrics leave it alone.
  metrics = wanted({"TopK", "TopK"});
  metrics.front().args.front().value.number = 1;
  Meter two(Task::Classes, 3, dtypeOf<T>(), metrics, Meter::Depth::Full), resumed = two, plain = meter;
  two.add(y, t, 3, 1.0);
  resumed.setState(two.state());
  resumed.add(y + 9, t + 3, 2, 2.0);
  EXPECT_DOUBLE_EQ(*resumed.scores().find("top1"), 0.6);
  EXPECT_DOUBLE_EQ(*resumed.scores().find("top2"), 1.0);
  plain.setState(resumed.state());
  EXPECT_DOUBLE_EQ(*plain.scores().find("accuracy"), 0.6);

  EXPECT_EQ(s.confusion, (std::vector<int64_t>{1, 1, 0, 0, 1, 0, 1, 0, 1}));
  ASSERT_EQ(s.classes.size(), 3u);
  EXPECT_DOUBLE_EQ(s.classes[0].recall(), 0.5);
  EXPECT_DOUBLE_EQ(s.classes[0].precision(), 0.5);
  EXPECT_DOUBLE_EQ(s.classes[1].precision(), 0.5);
  EXPECT_DOUBLE_EQ(s.classes[2].precision(), 1.0);
  EXPECT_DOUBLE_EQ(*s.find("recall"), (0.5 + 1 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(*s.find("precision"), (0.5 + 0.5 + 1) / 3);
  EXPECT_NEAR(*s.find("f1"), (0.5 + 2.0 / 3 + 2.0 / 3) / 3, 1e-15);
  EXPECT_FALSE(s.find("mae"));
}

TYPED_TEST(MeterTest, BinaryByHand) {
  using T = TypeParam;
  Meter meter(Task::Binary, 1, dtypeOf<T>(), wanted({"AUC", "F1"}), Meter::Depth::Full);
  T y[] = {T(4), T(3), T(-2), T(0), T(1), T(1)}, t[] = {1, 0, 0, 1, 1, 0};
  meter.add(y, t, 6, 0.5);
  Scores s = meter.scores();
  EXPECT_EQ(s.hits, 3); // 4 yes, 3 wrong, -2 yes, 0 counts as no and is wrong, 1 yes, 1 wrong
  // Pairs (positive, negative) in order: 4 beats all three, 0 beats -2 only, 1 beats -2 and ties 1.
  EXPECT_NEAR(*s.find("auc"), (3 + 1 + 1.5) / 9, 1e-15);
  EXPECT_NEAR(*s.find("f1"), 2.0 * 2 / (3 + 4), 1e-15);
}

TYPED_TEST(MeterTest, LabelsByHand) {
  using T = TypeParam;
  Meter meter(Task::Labels, 3, dtypeOf<T>(), wanted({"F1", "Precision", "Recall", "AUC"}), Meter::Depth::Full);
  // Each column is a label of its own:  yes, no and yes; yes, yes and no; yes, no and no; no, no and yes
  T y[] = {T(.9), T(.2), T(.7), T(.8), T(.9), T(.1), T(.6), T(.6), T(.2), T(.1), T(.4), T(.6)};
  for (T &probability : y)
    probability -= T(.5); // as good as a logit here: the same order, and yes above 0
  T t[] = {1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1};
  meter.add(y, t, 4, 0.5);
  Scores s = meter.scores();
  EXPECT_EQ(s.count, 12); // answers
  EXPECT_EQ(s.hits, 9);   // wrong: the first label of the third sample, the second of the third and of the fourth
  EXPECT_DOUBLE_EQ(s.loss, 0.5);
  EXPECT_DOUBLE_EQ(*s.find("accuracy"), 0.75);
  ASSERT_EQ(s.classes.size(), 3u);
  EXPECT_DOUBLE_EQ(*s.find("precision"), (2.0 / 3 + 0.5 + 1) / 3);
  EXPECT_DOUBLE_EQ(*s.find("recall"), (1 + 0.5 + 1) / 3);
  EXPECT_DOUBLE_EQ(*s.find("f1"), (0.8 + 0.5 + 1) / 3);
  EXPECT_DOUBLE_EQ(*s.find("auc"), (1 + 0.75 + 1) / 3); // of the second label one pair of four is in the wrong order
  EXPECT_TRUE(s.confusion.empty());
  EXPECT_FALSE(metric::findMetric("ConfusionMatrix")->measures(Task::Labels));
}

TYPED_TEST(MeterTest, ValuesByHand) {
  using T = TypeParam;
  Meter meter(Task::Values, 2, dtypeOf<T>(), wanted({"MAE", "RMSE", "R2"}), Meter::Depth::Full);
  T y[] = {1, 2, 3, 5}, t[] = {1, 1, 1, 1};
  t[3] = 4;
  meter.add(y, t, 2, 0);
  Scores s = meter.scores();
  EXPECT_NEAR(*s.find("mae"), (0 + 1 + 2 + 1) / 4.0, 1e-15);
  EXPECT_NEAR(*s.find("rmse"), (std::sqrt(4 / 2.0) + std::sqrt(2 / 2.0)) / 2, 1e-15); // mean over the outputs
  // The targets of the first output are all 1, which leaves nothing to explain; those of the second are 1 and 4.
  EXPECT_NEAR(*s.find("r2"), 1 - 2 / 4.5, 1e-14);
}

// Outputs of different size are measured each around its own mean: a net that says the means explains nothing.
TYPED_TEST(MeterTest, R2HasOneMeanForEachOutput) {
  using T = TypeParam;
  Meter meter(Task::Values, 2, dtypeOf<T>(), wanted({"R2"}), Meter::Depth::Full);
  T y[] = {1000, 0, 1000, 0, 1000, 0}, t[] = {999, 1, 1001, -1, 1000, 0};
  meter.add(y, t, 3, 0);
  EXPECT_NEAR(*meter.scores().find("r2"), 0, 1e-12);
}

TEST(Meter, R2OfNumbersNear1e9) {
  Meter meter(Task::Values, 1, DType::F64, wanted({"R2"}), Meter::Depth::Full);
  for (int i = 0; i < 100000; ++i) {
    double t = 1e9 + i % 7 * 0.25, y = t + (i % 2 ? 0.25 : -0.25);
    meter.add(&y, &t, 1, 0);
  }
  double mean = 0, spread = 0;
  for (int i = 0; i < 100000; ++i)
    mean += i % 7 * 0.25 / 100000;
  for (int i = 0; i < 100000; ++i)
    spread += (i % 7 * 0.25 - mean) * (i % 7 * 0.25 - mean);
  EXPECT_NEAR(*meter.scores().find("r2"), 1 - 100000 * 0.0625 / spread, 1e-11);
}

// Probabilities of such logits round to 1 in f32, and would tie.
TEST(Meter, RanksByLogits) {
  Meter binary(Task::Binary, 1, DType::F32, wanted({"AUC"}), Meter::Depth::Full);
  float z[] = {18, 20, 22, 25}, t[] = {0, 1, 0, 1};
  binary.add(z, t, 4, 0);
  EXPECT_DOUBLE_EQ(*binary.scores().find("auc"), 0.75);

  Meter classes(Task::Classes, 3, DType::F64, wanted({"AUC"}), Meter::Depth::Full);
  double y[] = {0, 0, 900, 0, 0, 1000, 0, 0, 1100, 0, 0, 1200};
  int32_t truth[] = {0, 2, 0, 2};
  classes.add(y, truth, 4, 0);
  EXPECT_DOUBLE_EQ(*classes.scores().find("auc"), 0.75); // of classes 0 and 2; class 1 has no samples
}

// A net that says the same of all classes is right about the first of them only.
TEST(Meter, TopKOfEqualNumbersTakesTheFirst) {
  Meter meter(Task::Classes, 4, DType::F32, wanted({"TopK"}), Meter::Depth::Full);
  float y[16] = {};
  int32_t t[] = {0, 1, 2, 3};
  meter.add(y, t, 4, 0);
  EXPECT_DOUBLE_EQ(*meter.scores().find("top2"), 0.5);
  EXPECT_DOUBLE_EQ(*meter.scores().find("accuracy"), 0.25);
}

TEST(Meter, WhatIsUndefinedIsNotZero) {
  auto scoresOf = [](Task task, std::vector<float> y, std::vector<float> t, const char *metric) {
    Meter meter(task, 1, DType::F32, wanted({metric}), Meter::Depth::Full);
    meter.add(y.data(), t.data(), y.size(), 0);
    return *meter.scores().find(metric);
  };
  using enum Task;
  EXPECT_FALSE(isDefined(scoresOf(Binary, {1, 2, 3}, {1, 1, 1}, "AUC")));   // one class
  EXPECT_FALSE(isDefined(scoresOf(Binary, {-1, -2}, {1, 0}, "Precision"))); // nothing was called 1
  EXPECT_DOUBLE_EQ(scoresOf(Binary, {-1, -2}, {1, 0}, "Recall"), 0);
  EXPECT_FALSE(isDefined(scoresOf(Binary, {-1, 2}, {0, 0}, "Recall"))); // nothing is 1
  EXPECT_FALSE(isDefined(scoresOf(Binary, {-1, -2}, {0, 0}, "F1")));
  EXPECT_FALSE(isDefined(scoresOf(Values, {1, 2}, {0.1f, 0.1f}, "R2")));
  for (const char *metric : {"MAE", "RMSE", "R2"})
    EXPECT_FALSE(isDefined(scoresOf(Values, {}, {}, metric))) << metric;
}

TEST(Meter, CountsSamplesThatAreNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  Meter meter(Task::Values, 2, DType::F32, {}, Meter::Depth::Full);
  float y[] = {1, 2, nan, nan, 3, -infinity}, t[6] = {};
  meter.add(y, t, 3, 0);
  EXPECT_EQ(meter.scores().notFinite, 2);
}

TEST(Meter, NumbersComeBackFromTheirState) {
  Meter a(Task::Values, 2, DType::F64, wanted({"RMSE", "R2"}), Meter::Depth::Progress), b = a, c = a;
  double y[] = {1, 2, 3, 4, 5, 6}, t[] = {0, 1e9, 1, 1e9 + 1, 4, 1e9 + 3};
  a.add(y, t, 2, 0.3), b.add(y, t, 2, 0.3);
  c.setState(b.state());
  a.add(y + 4, t + 4, 1, 0.7), c.add(y + 4, t + 4, 1, 0.7);
  EXPECT_EQ(a.state(), c.state());
  EXPECT_EQ(*a.scores().find("r2"), *c.scores().find("r2"));
}

TEST(Meter, ProgressComesBackFromItsState) {
  Meter a(Task::Classes, 3, DType::F32, {}, Meter::Depth::Progress), b = a, c = a;
  float y[] = {.7f, .2f, .1f, .1f, .8f, .1f};
  int32_t t[] = {0, 2};
  a.add(y, t, 2, 0.3);
  b.add(y, t, 2, 0.3);
  c.setState(b.state());
  a.add(y + 3, t, 1, 0.7);
  c.add(y + 3, t, 1, 0.7);
  EXPECT_EQ(a.state(), c.state());
  EXPECT_EQ(a.scores().hits, 1);
  EXPECT_EQ(a.scores().count, 3);
}

TEST(Argmax, FirstAmongEqualsAndNeverNan) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  float a[] = {1, 3, 3}, b[] = {nan, 2, 1}, c[] = {nan, nan};
  EXPECT_EQ(argmax(a, 3), 1u);
  EXPECT_EQ(argmax(b, 3), 1u);
  EXPECT_EQ(argmax(c, 2), 0u);
}

TEST(Metrics, LossesAndErrorsAreMinimised) {
  for (const char *name : {"loss", "val_loss", "train_loss", "MAE", "val_rmse"})
    EXPECT_TRUE(isMinimised(name)) << name;
  for (const char *name : {"accuracy", "val_accuracy", "F1", "AUC", "R2"})
    EXPECT_FALSE(isMinimised(name)) << name;
}

} // namespace
