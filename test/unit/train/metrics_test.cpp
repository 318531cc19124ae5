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

std::vector<dsl::Spec> wanted(std::initializer_list<const char *> names) {
  std::vector<dsl::Spec> specs;
  for (const char *name : names) {
    dsl::Spec s;
    s.name = name;
    if (s.name == "TopK") {
      dsl::ConstArg k;
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
  Meter meter(dsl::Task::Classes, 3, dtypeOf<T>(), metrics, Meter::Depth::Full);
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
  Meter two(dsl::Task::Classes, 3, dtypeOf<T>(), metrics, Meter::Depth::Full), resumed = two, plain = meter;
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
  Meter meter(dsl::Task::Binary, 1, dtypeOf<T>(), wanted({"AUC", "F1"}), Meter::Depth::Full);
  T y[] = {T(.9), T(.8), T(.3), T(.5), T(.6), T(.6)}, t[] = {1, 0, 0, 1, 1, 0};
  meter.add(y, t, 6, 0.5);
  Scores s = meter.scores();
  EXPECT_EQ(s.hits, 3); // .9 yes, .8 wrong, .3 yes, .5 counts as 0 and is wrong, .6 yes, .6 wrong
  // Pairs (positive, negative) in order: .9 beats all three, .5 beats .3 only, .6 beats .3 and ties .6.
  EXPECT_NEAR(*s.find("auc"), (3 + 1 + 1.5) / 9, 1e-15);
  EXPECT_NEAR(*s.find("f1"), 2.0 * 2 / (3 + 4), 1e-15);
}

TYPED_TEST(MeterTest, LabelsByHand) {
  using T = TypeParam;
  Meter meter(dsl::Task::Labels, 3, dtypeOf<T>(), wanted({"F1", "Precision", "Recall", "AUC"}), Meter::Depth::Full);
  // Each column is a label of its own:  yes, no and yes; yes, yes and no; yes, no and no; no, no and yes
  T y[] = {T(.9), T(.2), T(.7), T(.8), T(.9), T(.1), T(.6), T(.6), T(.2), T(.1), T(.4), T(.6)};
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
  EXPECT_FALSE(measures("ConfusionMatrix", dsl::Task::Labels));
}

TYPED_TEST(MeterTest, ValuesByHand) {
  using T = TypeParam;
  Meter meter(dsl::Task::Values, 2, dtypeOf<T>(), wanted({"MAE", "RMSE", "R2"}), Meter::Depth::Full);
  T y[] = {1, 2, 3, 5}, t[] = {1, 1, 1, 1};
  t[3] = 4;
  meter.add(y, t, 2, 0);
  Scores s = meter.scores();
  EXPECT_NEAR(*s.find("mae"), (0 + 1 + 2 + 1) / 4.0, 1e-15);
  EXPECT_NEAR(*s.find("rmse"), std::sqrt((0 + 1 + 4 + 1) / 4.0), 1e-15);
  double mean = 7 / 4.0, spread = 3 * (1 - mean) * (1 - mean) + (4 - mean) * (4 - mean);
  EXPECT_NEAR(*s.find("r2"), 1 - 6 / spread, 1e-14);
}

TEST(Meter, ProgressComesBackFromItsState) {
  Meter a(dsl::Task::Classes, 3, DType::F32, {}, Meter::Depth::Progress), b = a, c = a;
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
