// Targets, fits, slices and splits of datasets made by hand.
// Where datasets come from does not matter here.
#include "data_test.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace dlc::data::test {
namespace {

Dataset columns(std::vector<double> labels, size_t width = 1) {
  Dataset data;
  data.origin = "t.csv";
  data.count = labels.size() / width;
  data.sampleShape = {1};
  for (size_t i = 0; i < data.count; ++i) {
    data.values.f32.push_back(static_cast<float>(i));
    data.lines.push_back(static_cast<uint32_t>(i + 2));
  }
  data.targetKind = TargetKind::Numbers;
  data.targetSize = width;
  data.numbers = std::move(labels);
  return data;
}
using Kind = TargetWish::Kind;

TEST(Targets, NumbersToClasses) {
  Dataset data = columns({2, 0, 1});
  ASSERT_TRUE(useTargets(data, {Kind::Classes, 3}));
  EXPECT_EQ(data.classes, (std::vector<int32_t>{2, 0, 1}));
  Dataset hot = columns({0, 0, 1, 1, 0, 0}, 3);
  ASSERT_TRUE(useTargets(hot, {Kind::Classes, 3}));
  EXPECT_EQ(hot.classes, (std::vector<int32_t>{2, 0}));
}

TEST(Targets, RefusedClasses) {
  struct Case {
    std::vector<double> labels;
    size_t width, outputs;
    llvm::StringRef code;
    uint64_t line;
  };
  for (const Case &c :
       {Case{{0, 1, 3}, 1, 3, "E304", 4}, Case{{0, -1}, 1, 3, "E304", 3}, Case{{0, 0.5}, 1, 3, "E304", 3},
        Case{{0, 1e12}, 1, 0, "E304", 3}, Case{{1, 0, 1, 1}, 2, 2, "E304", 3}, Case{{1, 0, 0, 0}, 2, 2, "E304", 3},
        Case{{1, 0, 0.5, 0.5}, 2, 2, "E304", 3}, Case{{1, 0, 0, 1}, 2, 3, "E305", 0}}) {
    Dataset data = columns(c.labels, c.width);
    Checked used = useTargets(data, {Kind::Classes, c.outputs});
    ASSERT_FALSE(used);
    EXPECT_EQ(used.failure().code.str(), c.code);
    EXPECT_EQ(used.failure().place.line, c.line) << used.failure().message;
  }
  Dataset named = columns({});
  named.targetKind = TargetKind::Classes;
  named.classNames = {"a", "b", "c"};
  EXPECT_EQ(useTargets(named, {Kind::Classes, 2}).failure().code.str(), "E304");
}

TEST(Targets, Numbers) {
  Dataset plain = columns({1.5, 2});
  ASSERT_TRUE(useTargets(plain, {Kind::Numbers, 1}));
  EXPECT_EQ(plain.numbers, (std::vector<double>{1.5, 2}));
  EXPECT_EQ(useTargets(plain, {Kind::Numbers, 2}).failure().code.str(), "E305");
  Dataset wide = columns({1, 0, 0, 1}, 2);
  EXPECT_EQ(useTargets(wide, {Kind::Numbers, 1}).failure().code.str(), "E305");
  EXPECT_TRUE(useTargets(wide, {Kind::Numbers, 2}));

  Dataset whole = columns({2, 0}); // class indices, for several outputs: one-hot
  ASSERT_TRUE(useTargets(whole, {Kind::Numbers, 3}));
  EXPECT_EQ(whole.numbers, (std::vector<double>{0, 0, 1, 1, 0, 0}));
  Dataset named = columns({1, 0});
  ASSERT_TRUE(useTargets(named, {Kind::Classes, 0}));
  named.classNames = {"no", "yes"};
  ASSERT_TRUE(useTargets(named, {Kind::Numbers, 1})); // one output tells two classes apart
  EXPECT_EQ(named.numbers, (std::vector<double>{1, 0}));
  Dataset three = columns({2, 0});
  ASSERT_TRUE(useTargets(three, {Kind::Classes, 0}));
  three.classNames = {"a", "b", "c"};
  EXPECT_EQ(useTargets(three, {Kind::Numbers, 1}).failure().code.str(), "E304");
}

TEST(Targets, NumbersFitTheDtype) {
  const TargetWish wide{.kind = Kind::Numbers, .outputs = 2, .dtype = DType::F64};
  Dataset data = columns({1, 2, 3, -1e300}, 2);
  EXPECT_TRUE(useTargets(data, wide));
  for (std::vector<std::string> parts : {std::vector<std::string>{}, {"output.a", "output.b"}}) {
    Trouble trouble = useTargets(data, {Kind::Numbers, 2, parts}).failure();
    EXPECT_EQ(toString(trouble), "t.csv:3: E303: the label is beyond the range of f32: -1e+300");
  }
  data.lines.clear();
  EXPECT_EQ(useTargets(data, {Kind::Numbers, 2}).failure().message,
            "the label of sample 2 is beyond the range of f32: -1e+300");
}

TEST(Targets, TheFileOfTheLabelsIsNamed) {
  Dataset rows = columns({1, 0, 0, 0, 1, 0}, 3);
  rows.labelOrigin = "labels.csv";
  EXPECT_EQ(useTargets(rows, {Kind::Classes, 2}).failure().message,
            "the model has 2 outputs, but the labels of labels.csv have 3 columns");
  Dataset named = columns({});
  named.labelOrigin = "labels.csv";
  named.targetKind = TargetKind::Classes;
  named.classNames = {"a", "b", "c"};
  EXPECT_EQ(useTargets(named, {Kind::Classes, 2}).failure().message,
            "the model has 2 outputs, but labels.csv has 3 classes (a, b, c)");
}

TEST(Targets, OneRowForSeveralOutputs) {
  for (size_t width : {1, 2, 3, 4}) {
    Dataset data = columns(std::vector<double>(12), width);
    Checked used = useTargets(data, {Kind::Numbers, 3, {"output.a", "output.b"}});
    EXPECT_EQ(static_cast<bool>(used), width == 3);
    if (!used) {
      EXPECT_EQ(used.failure().code.str(), "E305");
    }
  }
  Dataset classes = columns({0, 1, 0});
  ASSERT_TRUE(useTargets(classes, {Kind::Classes, 2}));
  EXPECT_EQ(useTargets(classes, {Kind::Numbers, 2, {"output.a", "output.b"}}).failure().message,
            "the 2 outputs of the model take 2 targets for each sample, t.csv has 1");
}

TEST(Targets, RegressionsAreNoClasses) {
  for (double label : {2.0, 7.0, -1.0, 0.5}) {
    Dataset data = columns({0, 1, label});
    EXPECT_EQ(useTargets(data, {Kind::Numbers, 2}).failure().help,
              "a sample needs 2 numbers, or one class from 0 to 1");
  }
}

TEST(Targets, PlacesInTheSource) {
  static constexpr llvm::StringLiteral kText = "0 1 2 3";
  Dataset data = columns({0, 1, 2, 3}, 2);
  data.origin = "Inline";
  for (size_t i = 0; i < 4; ++i)
    data.targetLocs.push_back(locOf(kText.substr(2 * i, 1)));
  for (size_t i = 0; i < 4; ++i)
    EXPECT_EQ(textOf(targetTrouble(data, "E304", "", i / 2, i % 2).loc), std::to_string(i));
  EXPECT_EQ(textOf(targetTrouble(data, "E304", "", 1).loc), "2");
  EXPECT_TRUE(targetTrouble(data, "E304", "", 1).place.file.empty());
}

TEST(Targets, InputAndNone) {
  Dataset data = columns({1, 2});
  ASSERT_TRUE(useTargets(data, {Kind::Input, 1}));
  EXPECT_EQ(data.targetKind, TargetKind::Input);
  Dataset bare = columns({1, 2});
  bare.targetKind = TargetKind::None;
  bare.numbers.clear();
  EXPECT_TRUE(useTargets(bare, {Kind::None}));
  EXPECT_EQ(useTargets(bare, {Kind::Classes, 2}).failure().code.str(), "E309");
}

TEST(Fit, ValuesAreNeverReadInAnotherOrder) {
  EXPECT_TRUE(readsAs({3, 8, 8}, {3, 8, 8}));
  EXPECT_TRUE(readsAs({28, 28}, {1, 28, 28}));
  EXPECT_TRUE(readsAs({28, 28, 1}, {1, 28, 28}));
  EXPECT_TRUE(readsAs({784}, {1, 28, 28}));
  EXPECT_TRUE(readsAs({3, 8, 8}, {192}));
  EXPECT_TRUE(readsAs({3, 8, 8}, {1, 192, 1}));
  EXPECT_TRUE(readsAs({1}, {1, 1}));
  EXPECT_FALSE(readsAs({8, 8, 3}, {3, 8, 8}));
  EXPECT_FALSE(readsAs({3, 8, 8}, {8, 8, 3}));
  EXPECT_FALSE(readsAs({3, 6, 8}, {3, 8, 6}));
  EXPECT_FALSE(readsAs({6, 8}, {1, 8, 6}));
  EXPECT_FALSE(readsAs({3, 8, 8}, {3, 64}));
  EXPECT_FALSE(readsAs({2, 2, 2}, {1, 4, 2}));
  EXPECT_FALSE(readsAs({4}, {5}));
  auto said = [](Shape have, Shape wanted) {
    auto dataset = std::make_shared<Dataset>(columns({0}));
    dataset->sampleShape = std::move(have);
    Checked fits = checkInput(allSamples(dataset), {}, wanted, Loc(), "train");
    EXPECT_FALSE(fits);
    EXPECT_EQ(fits.failure().code.str(), "E305");
    return fits.failure().message + "; " + fits.failure().help;
  };
  EXPECT_EQ(said({8, 8, 3}, {3, 8, 8}),
            "the model takes samples of 3x8x8, train has 8x8x3: as many values, but in another order; dlc takes "
            "channels first: in NumPy, x.transpose(0, 3, 1, 2) moves them there");
  EXPECT_EQ(said({3, 6, 8}, {3, 8, 6}),
            "the model takes samples of 3x8x6, train has 3x6x8: as many values, but in another order; sizes are height "
            "x width: input = 3x6x8 takes them as they are; Resize(HxW) in prepare makes them fit");
  EXPECT_EQ(said({3, 8, 8}, {12, 16}),
            "the model takes samples of 12x16, train has 3x8x8: as many values, but in another order; input = 3x8x8 "
            "takes them as they are, or save them with their axes in the order of the input");
}

TEST(Fit, TargetsAreNeverReadInAnotherOrder) {
  auto said = [](Shape have, Shape wanted) {
    Dataset data = columns(std::vector<double>(24), 12);
    data.targetShape = std::move(have);
    Checked usable = useTargets(data, {.kind = Kind::Numbers, .outputs = 12, .shape = wanted});
    return usable ? "" : usable.failure().code.str().str() + ": " + usable.failure().message;
  };
  EXPECT_EQ(said({}, {3, 2, 2}), "");
  EXPECT_EQ(said({12}, {3, 2, 2}), "");
  EXPECT_EQ(said({3, 2, 2}, {12}), "");
  EXPECT_EQ(said({3, 2, 2}, {3, 2, 2}), "");
  EXPECT_EQ(said({3, 4}, {1, 3, 4}), "");
  EXPECT_EQ(said({2, 2, 3}, {3, 2, 2}),
            "E305: the model's output is 3x2x2, but the targets of t.csv are 2x2x3: as many "
            "numbers, but in another order");
}

TEST(Fit, BothShapesAreNamed) {
  auto dataset = std::make_shared<Dataset>(columns({0}));
  dataset->sampleShape = {3, 32, 32};
  Samples data = allSamples(dataset);
  EXPECT_TRUE(checkInput(data, {}, {3072}, Loc(), "train"));
  EXPECT_EQ(checkInput(data, {}, {784}, Loc(), "train").failure().message,
            "the model takes 784 values per sample, train has 3072 (3x32x32)");
  EXPECT_EQ(checkInput(data, {}, {1, 28, 28}, Loc(), "test").failure().message,
            "the model takes 784 (1x28x28) values per sample, test has 3072 (3x32x32)");
}

Samples many(size_t count, size_t classes) {
  auto data = std::make_shared<Dataset>(columns(std::vector<double>(count)));
  for (size_t i = 0; i < count; ++i)
    data->numbers[i] = static_cast<double>(i * i % (classes + 1) % classes);
  if (classes > 1) {
    EXPECT_TRUE(useTargets(*data, {Kind::Classes, classes}));
  }
  return allSamples(data);
}

TEST(Slices, Bounds) {
  Samples all = many(10, 1);
  EXPECT_EQ(slice(all, 7, -1, Loc())->rows, (std::vector<uint32_t>{7, 8, 9}));
  EXPECT_EQ(slice(all, 0, 2, Loc())->rows, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(slice(all, -2, -1, Loc())->rows, (std::vector<uint32_t>{8, 9}));
  for (auto [from, to] : {std::pair<int64_t, int64_t>{10, -1},
                          {0, 11},
                          {5, 5},
                          {6, 5},
                          {-11, -1},
                          {0, INT64_MAX},
                          {INT64_MIN, -1},
                          {3, INT64_MIN}})
    EXPECT_EQ(slice(all, from, to, Loc()).failure().code.str(), "E308") << from << ':' << to;
}

TEST(HoldOut, KeepsOrderAndLosesNothing) {
  for (size_t count : {2u, 7u, 100u, 1000u})
    for (size_t classes : {1u, 3u, 10u})
      for (size_t held : {size_t{1}, count / 10, count / 2, count - 1}) {
        if (held == 0)
          continue;
        Samples all = many(count, classes);
        auto split = holdOut(all, held, 7, Loc());
        ASSERT_TRUE(split);
        EXPECT_EQ(split->held.size(), held);
        EXPECT_TRUE(std::is_sorted(split->held.rows.begin(), split->held.rows.end()));
        EXPECT_TRUE(std::is_sorted(split->train.rows.begin(), split->train.rows.end()));
        std::vector<uint32_t> together = split->held.rows;
        together.insert(together.end(), split->train.rows.begin(), split->train.rows.end());
        std::sort(together.begin(), together.end());
        EXPECT_EQ(together, all.rows);
        if (classes == 1)
          continue;
        std::vector<double> share(classes), total(classes);
        for (uint32_t row : all.rows)
          ++total[static_cast<size_t>(all.data->classes[row])];
        for (uint32_t row : split->held.rows)
          ++share[static_cast<size_t>(all.data->classes[row])];
        for (size_t c = 0; c < classes; ++c)
          EXPECT_LT(std::abs(share[c] - total[c] * static_cast<double>(held) / static_cast<double>(count)), 1.0);
      }
}

TEST(DrawSamples, EveryClassGivesItsShareAndOneAtLeast) {
  for (size_t count : {7u, 100u, 1000u})
    for (size_t classes : {1u, 3u, 7u})
      for (size_t drawn : {size_t{3}, classes, size_t{7}, count / 2, count - 1}) {
        Samples all = many(count, classes), some = drawSamples(all, drawn, 7);
        EXPECT_EQ(some.size(), drawn);
        EXPECT_TRUE(std::is_sorted(some.rows.begin(), some.rows.end()));
        EXPECT_EQ(std::adjacent_find(some.rows.begin(), some.rows.end()), some.rows.end());
        EXPECT_EQ(drawSamples(all, drawn, 7).rows, some.rows);
        if (classes == 1)
          continue;
        std::vector<double> share(classes), total(classes);
        for (uint32_t row : all.rows)
          ++total[static_cast<size_t>(all.data->classes[row])];
        for (uint32_t row : some.rows)
          ++share[static_cast<size_t>(all.data->classes[row])];
        const auto there =
            static_cast<size_t>(std::count_if(total.begin(), total.end(), [](double n) { return n > 0; }));
        for (size_t c = 0; c < classes && drawn >= there; ++c) {
          EXPECT_EQ(share[c] > 0, total[c] > 0);
          const double part = static_cast<double>(drawn - there) / static_cast<double>(count - there);
          EXPECT_LE(std::abs(share[c] - 1 - (total[c] - 1) * part), 1.0);
        }
      }
}

TEST(DrawSamples, RareClassesTargetsAndTheWhole) {
  Samples all = many(100, 4);
  EXPECT_EQ(drawSamples(all, 0, 1).rows, all.rows);
  EXPECT_EQ(drawSamples(all, 100, 1).rows, all.rows);
  EXPECT_EQ(drawSamples(all, 1000, 1).rows, all.rows);
  EXPECT_NE(drawSamples(all, 20, 1).rows, drawSamples(all, 20, 2).rows);
  // One sample of a second class among many, behind all others; 0 and 1 as numbers are classes too.
  for (bool asNumbers : {false, true}) {
    auto data = std::make_shared<Dataset>(columns(std::vector<double>(1000)));
    data->numbers.back() = 1;
    ASSERT_TRUE(asNumbers || useTargets(*data, {Kind::Classes, 2}));
    EXPECT_EQ(drawSamples(allSamples(data), 5, 3).rows.back(), 999u);
  }
  // Measurements are drawn from everywhere, not from the front.
  std::vector<double> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0.5);
  Samples some = drawSamples(allSamples(std::make_shared<Dataset>(columns(numbers))), 100, 3);
  EXPECT_EQ(some.size(), 100u);
  EXPECT_GT(some.rows.back(), 900u);
  EXPECT_LT(some.rows.front(), 100u);
}

TEST(HoldOut, IsKeyedBySeed) {
  Samples all = many(100, 4);
  EXPECT_EQ(holdOut(all, 20, 1, Loc())->held.rows, holdOut(all, 20, 1, Loc())->held.rows);
  EXPECT_NE(holdOut(all, 20, 1, Loc())->held.rows, holdOut(all, 20, 2, Loc())->held.rows);
  EXPECT_EQ(holdOut(all, 0, 1, Loc()).failure().code.str(), "E308");
  EXPECT_EQ(holdOut(all, 100, 1, Loc()).failure().code.str(), "E308");
  EXPECT_EQ(holdOut(all, UINT64_MAX, 1, Loc()).failure().code.str(), "E308");
  EXPECT_EQ(shareOf(all, 0.105), 11u);
}

} // namespace
} // namespace dlc::data::test
