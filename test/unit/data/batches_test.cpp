// Orders of epochs and gathered batches, against plain loops.
// Threads are not used here; nothing in data/ knows of them.
#include "data_test.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace dlc::data::test {
namespace {

TEST(BatchPlan, EverySampleOnce) {
  for (size_t samples : {0u, 1u, 5u, 64u, 65u, 127u, 128u})
    for (size_t batch : {1u, 5u, 64u, 200u})
      for (bool shuffle : {false, true})
        for (bool dropLast : {false, true}) {
          BatchPlan plan(samples, batch, shuffle, dropLast);
          for (uint64_t epoch = 0; epoch < 3; ++epoch) {
            plan.startEpoch(5, epoch);
            std::vector<uint32_t> seen;
            for (size_t i = 0; i < plan.batches(); ++i) {
              llvm::ArrayRef<uint32_t> rows = plan.batch(i);
              EXPECT_EQ(rows.size(), i + 1 == plan.batches() ? plan.lastBatchSize() : batch);
              seen.insert(seen.end(), rows.begin(), rows.end());
            }
            size_t expected = dropLast && samples >= batch ? samples - samples % batch : samples;
            EXPECT_EQ(seen.size(), expected);
            if (!shuffle) {
              EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
            }
            std::sort(seen.begin(), seen.end());
            EXPECT_TRUE(std::unique(seen.begin(), seen.end()) == seen.end());
          }
        }
}

TEST(BatchPlan, OrderIsAFunctionOfSeedAndEpoch) {
  auto order = [](BatchPlan &plan) { return plan.batch(0).vec(); };
  BatchPlan one(100, 100, true, false), other(100, 100, true, false);
  one.startEpoch(1, 0);
  auto first = order(one);
  one.startEpoch(1, 1);
  auto second = order(one);
  other.startEpoch(1, 1); // without epoch 0 before it
  EXPECT_EQ(order(other), second);
  EXPECT_NE(first, second);
  other.startEpoch(2, 0);
  EXPECT_NE(order(other), first);
  // The first words of the order are part of the promise "same seed, same bits": written down here once.
  RandomStream random(1, RandomUse::Shuffle, 0);
  std::vector<uint32_t> expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  for (uint32_t i = 99; i > 0; --i)
    std::swap(expected[i], expected[random.below(i + 1)]);
  EXPECT_EQ(first, expected);
}

TEST(BatchPlan, AllOrdersAreEquallyLikely) {
  std::map<std::vector<uint32_t>, int> count;
  BatchPlan plan(4, 4, true, false);
  constexpr int kRounds = 24000;
  for (uint64_t epoch = 0; epoch < kRounds; ++epoch) {
    plan.startEpoch(9, epoch);
    ++count[plan.batch(0).vec()];
  }
  ASSERT_EQ(count.size(), 24u);
  double chi = 0;
  for (const auto &[order, n] : count)
    chi += (n - 1000.0) * (n - 1000.0) / 1000.0;
  EXPECT_LT(chi, 49.7); // 23 degrees of freedom, p = 0.001
}

template <class T> void checkGather(Values::Form form, TargetKind kind) {
  auto data = std::make_shared<Dataset>();
  data->count = 6;
  data->sampleShape = {2, 2};
  data->values.form = form;
  for (int i = 0; i < 24; ++i) {
    data->values.ownBytes.push_back(static_cast<uint8_t>(10 * i));
    data->values.f32.push_back(static_cast<float>(10 * i));
    data->values.f64.push_back(10 * i);
  }
  data->values.bytes = data->values.ownBytes.data();
  data->targetKind = kind;
  data->targetSize = 2;
  for (int i = 0; i < 6; ++i) {
    data->classes.push_back(5 - i);
    data->numbers.push_back(i + 0.5);
    data->numbers.push_back(-i);
  }
  Samples samples{data, {4, 1, 5}};
  auto prepare = fitPrepare({spec("Scale", {{"k", number(0.5)}})}, samples);
  ASSERT_TRUE(prepare);
  const uint32_t positions[] = {2, 0};
  std::vector<T> x(9, T(-1));
  EXPECT_TRUE(gatherInputs(samples, positions, *prepare, x.data()));
  EXPECT_EQ(x, (std::vector<T>{100, 105, 110, 115, 80, 85, 90, 95, -1})); // rows 5 and 4, and no byte more
  std::vector<T> y(9, T(-1));
  EXPECT_TRUE(gatherNumbers(samples, positions, *prepare, y.data()));
  if (kind == TargetKind::Classes) {
    EXPECT_EQ(y, (std::vector<T>{0, 1, -1, -1, -1, -1, -1, -1, -1}));
    int32_t classes[3] = {-1, -1, -1};
    gatherClasses(samples, positions, classes);
    EXPECT_EQ(classes[0], 0);
    EXPECT_EQ(classes[1], 1);
    EXPECT_EQ(classes[2], -1);
  } else if (kind == TargetKind::Numbers) {
    EXPECT_EQ(y, (std::vector<T>{5.5, -5, 4.5, -4, -1, -1, -1, -1, -1}));
  } else {
    EXPECT_EQ(y, x);
  }
}

TEST(Gather, EveryFormAndTarget) {
  for (Values::Form form : {Values::Form::Bytes, Values::Form::F32, Values::Form::F64})
    for (TargetKind kind : {TargetKind::Classes, TargetKind::Numbers, TargetKind::Input}) {
      checkGather<float>(form, kind);
      checkGather<double>(form, kind);
    }
}

} // namespace
} // namespace dlc::data::test
