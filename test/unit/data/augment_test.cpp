// Augmentation: what each random step may do, and that it does the same whoever asks, when and in which batch.
// Every step of the registry takes part.
#include "data_test.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <numeric>
#include <set>
#include <thread>

namespace dlc::data::test {
namespace {

Samples pictures(size_t count, Shape shape) {
  auto data = std::make_shared<Dataset>();
  data->origin = "t";
  data->sampleShape = std::move(shape);
  data->count = count;
  data->values.form = Values::Form::F64;
  RandomStream random(1, RandomUse::Test);
  data->values.f64.resize(count * data->sampleSize());
  for (double &value : data->values.f64)
    value = 1 + random.uniform();
  data->targetKind = TargetKind::Classes;
  for (size_t i = 0; i < count; ++i)
    data->classes.push_back(static_cast<int32_t>(i % 3));
  return allSamples(data);
}

Spec specOf(const StepDef &def) {
  if (def.name == "Flip")
    return spec("Flip", {{"direction", word("horizontal")}});
  if (def.name == "Crop")
    return spec("Crop", {{"size", list({number(5), number(6)})}, {"pad", number(2)}});
  if (def.name == "Rotate")
    return spec("Rotate", {{"degrees", number(30)}});
  if (def.name == "Mixup")
    return spec("Mixup", {{"alpha", number(0.5)}});
  for (const char *argument : {"pixels", "factor", "amount", "size"})
    if ((llvm::StringRef(argument) == "pixels") == (def.name == "Shift") &&
        (llvm::StringRef(argument) == "factor") == (def.name == "Zoom") &&
        (llvm::StringRef(argument) == "size") == (def.name == "Cutout"))
      return spec(def.name, {{argument, number(def.name == "Shift" || def.name == "Cutout" ? 2 : 0.3)}});
  return spec(def.name);
}

std::vector<double> gathered(const Samples &samples, llvm::ArrayRef<uint32_t> positions, const Augment &augment,
                             uint64_t epoch, uint64_t seed = 3) {
  std::vector<double> x(positions.size() * samples.data->sampleSize());
  EXPECT_TRUE(gatherInputs(samples, positions, {}, x.data(), {&augment, seed, epoch}));
  return x;
}

TEST(Augment, AnotherShapeIsBlamedOnTheStepThatMakesIt) {
  Spec flip = spec("Flip"), crop = spec("Crop", {{"size", list({number(5), number(6)})}});
  const llvm::StringRef text = "Flip -> Crop(5x6)";
  auto at = [&](size_t i) { return llvm::SMLoc::getFromPointer(text.data() + i); };
  flip.loc = {at(0), at(4)};
  crop.loc = {at(8), at(17)};
  auto augment = makeAugment({flip, crop}, {1, 8, 8});
  ASSERT_FALSE(augment);
  EXPECT_EQ(augment.failure().code.str(), "E309");
  EXPECT_EQ(augment.failure().loc.Start, crop.loc.Start);
}

TEST(Augment, EveryStepFollowsFromSeedEpochAndSampleAlone) {
  Samples samples = pictures(30, {2, 5, 6});
  size_t size = samples.data->sampleSize(), steps = 0;
  std::vector<uint32_t> all(30), backwards(30);
  std::iota(all.begin(), all.end(), 0);
  std::iota(backwards.rbegin(), backwards.rend(), 0);
  for (const StepDef *def : allSteps()) {
    if (!def->augments)
      continue;
    ++steps;
    SCOPED_TRACE(def->name.str());
    auto augment = makeAugment({specOf(*def)}, {2, 5, 6});
    ASSERT_TRUE(augment) << toString(augment.failure());
    std::vector<double> once = gathered(samples, all, *augment, 4);
    EXPECT_NE(once, samples.data->values.f64);
    EXPECT_NE(once, gathered(samples, all, *augment, 5));
    EXPECT_NE(once, gathered(samples, all, *augment, 4, 8));
    std::vector<double> other;
    std::thread([&] { other = gathered(samples, backwards, *augment, 4); }).join();
    for (size_t i = 0; i < 30; ++i)
      EXPECT_TRUE(std::equal(once.begin() + static_cast<ptrdiff_t>(i * size),
                             once.begin() + static_cast<ptrdiff_t>((i + 1) * size),
                             other.begin() + static_cast<ptrdiff_t>((29 - i) * size)));
  }
  EXPECT_EQ(steps, 10u);
}

TEST(Augment, StepsDoWhatTheyAreCalled) {
  Samples one = pictures(1, {1, 4, 4});
  const std::vector<double> &x = one.data->values.f64;
  auto with = [&](const Spec &step, uint64_t epoch) {
    return gathered(one, {0}, *makeAugment({step}, {1, 4, 4}), epoch);
  };
  std::vector<double> mirrored, upsideDown;
  for (size_t row = 0; row < 4; ++row)
    for (size_t column = 0; column < 4; ++column) {
      mirrored.push_back(x[4 * row + 3 - column]);
      upsideDown.push_back(x[4 * (3 - row) + column]);
    }
  size_t flipped = 0;
  std::set<std::vector<double>> crops;
  for (uint64_t epoch = 0; epoch < 400; ++epoch) {
    std::vector<double> maybe = with(spec("Flip"), epoch);
    EXPECT_TRUE(maybe == x || maybe == mirrored);
    flipped += maybe == mirrored;
    EXPECT_EQ(with(spec("Flip", {{"direction", word("vertical")}, {"p", number(1)}}), epoch), upsideDown);
    EXPECT_EQ(with(spec("Flip", {{"p", number(0)}}), epoch), x);
    crops.insert(with(spec("Crop", {{"size", number(4)}, {"pad", number(1)}}), epoch));
    std::vector<double> bright = with(spec("Brightness", {{"amount", number(0.5)}}), epoch);
    for (size_t i = 0; i < 16; ++i) {
      EXPECT_NEAR(bright[i] - x[i], bright[0] - x[0], 1e-12);
      EXPECT_LE(std::fabs(bright[i] - x[i]), 0.5 + 1e-12);
    }
    EXPECT_LE(llvm::count(with(spec("Cutout", {{"size", number(2)}}), epoch), 0.0), 4);
    EXPECT_EQ(with(spec("Rotate", {{"degrees", number(0)}}), epoch), x);
    EXPECT_EQ(with(spec("Zoom", {{"factor", number(0)}}), epoch), x);
    EXPECT_EQ(with(spec("Shift", {{"pixels", number(0)}}), epoch), x);
  }
  EXPECT_NEAR(static_cast<double>(flipped), 200, 40);
  EXPECT_EQ(crops.size(), 9u);
}

TEST(Augment, MixupMixesTargetsAlike) {
  Samples samples = pictures(50, {4});
  auto augment = makeAugment({spec("Mixup", {{"alpha", number(0.4)}})}, {4});
  Augmented how{&*augment, 1, 2};
  double sum = 0;
  for (uint32_t i = 0; i < 50; ++i) {
    Mix mix = mixOf(samples, i, how);
    ASSERT_LT(mix.partner, 50u);
    EXPECT_TRUE(mix.share >= 0 && mix.share <= 1);
    sum += mix.share;
    double x[4], y;
    EXPECT_TRUE(gatherInputs(samples, i, {}, x, how));
    EXPECT_TRUE(gatherNumbers(samples, i, {}, &y, how));
    for (size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(x[k], mix.share * samples.data->value(i, k) + (1 - mix.share) * samples.data->value(mix.partner, k),
                  1e-12);
    EXPECT_NEAR(y, mix.share * (i % 3) + (1 - mix.share) * (mix.partner % 3), 1e-12);
  }
  EXPECT_NEAR(sum / 50, 0.5, 0.2);
}

TEST(Augment, NoiseIsNotToBeLearned) {
  Samples samples = pictures(3, {1, 4, 4});
  auto copy = std::make_shared<Dataset>(*samples.data);
  copy->targetKind = TargetKind::Input;
  samples.data = copy;
  auto augment = makeAugment({spec("Noise", {{"amount", number(1)}}), spec("Flip", {{"p", number(1)}})}, {1, 4, 4});
  auto flip = makeAugment({spec("Flip", {{"p", number(1)}})}, {1, 4, 4});
  std::vector<double> x(16), y(16), mirrored(16);
  EXPECT_TRUE(gatherInputs(samples, 1, {}, x.data(), {&*augment, 1, 1}));
  EXPECT_TRUE(gatherNumbers(samples, 1, {}, y.data(), {&*augment, 1, 1}));
  EXPECT_TRUE(gatherInputs(samples, 1, {}, mirrored.data(), {&*flip, 1, 1}));
  EXPECT_EQ(y, mirrored);
  EXPECT_NE(x, y);
}

TEST(Augment, Refusals) {
  auto code = [](std::vector<Spec> specs, const Shape &shape) {
    auto made = makeAugment(specs, shape);
    return made ? llvm::StringRef() : made.failure().code.str();
  };
  EXPECT_EQ(code({spec("Crop", {{"size", number(3)}})}, {1, 4, 4}), "E309"); // another shape
  EXPECT_EQ(code({spec("Crop", {{"size", number(9)}, {"pad", number(1)}})}, {1, 4, 4}), "E309");
  EXPECT_EQ(code({spec("Flip")}, {16}), "E309");
  EXPECT_EQ(code({spec("Mixup", {{"alpha", number(1)}}), spec("Noise", {{"amount", number(1)}})}, {16}), "E309");
  EXPECT_EQ(code({spec("Scale", {{"k", number(1)}})}, {16}), "E250");
  EXPECT_EQ(code({spec("Noise", {{"amount", number(1)}}), spec("Mixup", {{"alpha", number(1)}})}, {16}), "");
}

} // namespace
} // namespace dlc::data::test
