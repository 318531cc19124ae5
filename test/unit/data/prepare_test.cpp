// Data steps: what they compute, what they refuse, and that they read back from the model file to the same bits.
// Every step of the registry takes part in the round trip.
#include "data_test.h"

#include <cmath>

namespace dlc::data::test {
namespace {

Samples table(std::vector<double> values, Shape shape) {
  auto data = std::make_shared<Dataset>();
  data->origin = "t";
  data->sampleShape = shape;
  data->count = values.size() / data->sampleSize();
  data->values.form = Values::Form::F64;
  data->values.f64 = std::move(values);
  return allSamples(data);
}
std::vector<double> prepared(const Samples &samples, const Prepare &prepare) {
  auto shape = preparedShape(samples, prepare);
  EXPECT_TRUE(shape) << toString(shape.failure());
  std::vector<double> out(samples.size() * static_cast<size_t>(elementCount(*shape)));
  EXPECT_TRUE(gatherInputs(samples, samples.rows, prepare, out.data()));
  return out;
}
const Samples kTable = table({1, 10, 7, 3, 30, 7, 5, 20, 7, 7, 40, 7}, {3});

TEST(Prepare, Scale) {
  EXPECT_EQ(prepared(table({1, 2, 3}, {1}), *fitPrepare({spec("Scale", {{"k", number(0.5)}})}, table({1}, {1}))),
            (std::vector<double>{0.5, 1, 1.5}));
}

TEST(Prepare, NormalizeIsFittedByFeature) {
  auto prepare = fitPrepare({spec("Normalize")}, kTable);
  ASSERT_TRUE(prepare);
  std::vector<double> x = prepared(kTable, *prepare);
  for (size_t f = 0; f < 3; ++f) {
    double mean = 0, square = 0;
    for (size_t r = 0; r < 4; ++r) {
      mean += x[3 * r + f] / 4;
      square += x[3 * r + f] * x[3 * r + f] / 4;
    }
    EXPECT_NEAR(mean, 0, 1e-12);
    EXPECT_NEAR(square, f == 2 ? 0 : 1, 1e-12); // the last one never varies
  }
  EXPECT_EQ(x[2], 0);
}

TEST(Prepare, NormalizeAsGiven) {
  auto one = fitPrepare({spec("Normalize", {{"mean", number(1)}, {"std", number(2)}})}, kTable);
  EXPECT_EQ(prepared(table({5, 1, 3}, {3}), *one), (std::vector<double>{2, 0, 1}));
  Samples image = table({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  auto channels = fitPrepare(
      {spec("Normalize", {{"mean", list({number(1), number(5)})}, {"std", list({number(1), number(0.5)})}})}, image);
  ASSERT_TRUE(channels) << toString(channels.failure());
  EXPECT_EQ(prepared(image, *channels), (std::vector<double>{0, 1, 2, 3, 0, 2, 4, 6}));
}

TEST(Prepare, MinMax) {
  auto prepare = fitPrepare({spec("MinMax")}, kTable);
  EXPECT_EQ(prepared(kTable, *prepare),
            (std::vector<double>{0, 0, 0, 2.0 / 6, 20.0 / 30, 0, 4.0 / 6, 10.0 / 30, 0, 1, 1, 0}));
}

TEST(Prepare, LaterStepsAreFittedOnWhatEarlierOnesMake) {
  auto prepare = fitPrepare({spec("Scale", {{"k", number(100)}}), spec("Normalize"), spec("MinMax")}, kTable);
  auto direct = fitPrepare({spec("MinMax")}, kTable);
  std::vector<double> a = prepared(kTable, *prepare), b = prepared(kTable, *direct);
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(a[i], b[i], 1e-12);
}

TEST(Prepare, Refusals) {
  for (const Spec &bad : {spec("Normalize", {{"mean", number(1)}}), spec("Normalize", {{"std", number(1)}}),
                          spec("Normalize", {{"mean", number(1)}, {"std", number(0)}}),
                          spec("Normalize", {{"mean", number(1)}, {"std", number(-1)}}),
                          spec("Normalize", {{"mean", word("x")}, {"std", number(1)}}),
                          spec("Normalize", {{"mean", list({number(1), number(2)})}, {"std", number(1)}})}) {
    auto prepare = fitPrepare({bad}, kTable);
    ASSERT_FALSE(prepare);
    EXPECT_EQ(prepare.failure().code.str(), "E309");
  }
  EXPECT_EQ(fitPrepare({spec("Normalise")}, kTable).failure().help, "did you mean Normalize?");
  EXPECT_EQ(fitPrepare({spec("MinMax")}, Samples{kTable.data, {}}).failure().code.str(), "E309");
}

TEST(Prepare, EveryStepReadsBackToTheSameBits) {
  RandomStream random(1, RandomUse::Test);
  std::vector<double> values(20 * 3 * 5 * 6);
  for (double &value : values)
    value = random.normal() * 1e3;
  Samples samples = table(values, {3, 5, 6});
  for (const StepDef *def : allSteps()) {
    if (def->augments) {
      EXPECT_EQ(parsePrepare(def->name.str() + "\n", "m").failure().code.str(), "E403");
      continue;
    }
    Spec step = spec(def->name);
    if (def->name == "Scale")
      step = spec("Scale", {{"k", number(1.0 / 255)}});
    if (def->name == "Resize" || def->name == "CenterCrop")
      step = spec(def->name, {{"size", list({number(4), number(3)})}});
    auto prepare = fitPrepare({step, step}, samples);
    ASSERT_TRUE(prepare) << def->name.str() << toString(prepare.failure());
    auto again = parsePrepare(prepare->text(), "net.model");
    ASSERT_TRUE(again) << prepare->text();
    EXPECT_EQ(prepared(samples, *again), prepared(samples, *prepare)) << def->name.str();
    EXPECT_EQ(again->text(), prepare->text());
    std::vector<float> a(values.size()), b(values.size());
    EXPECT_TRUE(gatherInputs(samples, samples.rows, *prepare, a.data()));
    EXPECT_TRUE(gatherInputs(samples, samples.rows, *again, b.data()));
    EXPECT_EQ(a, b);
    damage(prepare->text(), 2000, [&](llvm::StringRef text) {
      auto read = parsePrepare(text, "net.model");
      EXPECT_TRUE(read || read.failure().code == "E405" || read.failure().code == "E403");
    });
  }
  EXPECT_EQ(parsePrepare("Rotate 3\n", "m").failure().code.str(), "E403");
  EXPECT_EQ(parsePrepare("Scale k=\n", "m").failure().code.str(), "E405");
  EXPECT_TRUE(parsePrepare("", "m")->empty());
}

TEST(Prepare, PicturesHaveOneMeanForEachChannel) {
  Samples images = table({1, 3, 10, 30, 5, 7, 50, 70}, {2, 1, 2});
  auto prepare = fitPrepare({spec("Normalize")}, images);
  ASSERT_TRUE(prepare);
  EXPECT_EQ(prepare->text().substr(0, 20), "Normalize mean=4,40 ");
  EXPECT_EQ(fitPrepare({spec("MinMax")}, images)->text(), "MinMax min=1,10 range=6,60\n");
}

TEST(Prepare, Pictures) {
  Samples image = table({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {1, 3, 4});
  auto make = [&](const Spec &step) {
    auto prepare = fitPrepare({step}, image);
    EXPECT_TRUE(prepare) << toString(prepare.failure());
    return prepared(image, *prepare);
  };
  Const two = list({number(1), number(2)});
  EXPECT_EQ(make(spec("CenterCrop", {{"size", two}})), (std::vector<double>{5, 6}));
  EXPECT_EQ(make(spec("Gray")), image.data->values.f64);
  EXPECT_EQ(make(spec("Invert")).front(), 255);
  // Halved, each pixel is the mean of those that a triangle of twice the width meets.
  std::vector<double> halved = make(spec("Resize", {{"size", list({number(3), number(2)})}}));
  EXPECT_NEAR(halved[0], (0 * 0.75 + 1 * 0.75 + 2 * 0.25) / 1.75, 1e-12);
  std::vector<double> same = make(spec("Resize", {{"size", list({number(3), number(4)})}}));
  EXPECT_EQ(same, image.data->values.f64);
  // The mass of the last row and column comes to the middle.
  Samples corner = table({0, 0, 0, 0, 0, 0, 0, 0, 8}, {3, 3});
  EXPECT_EQ(prepared(corner, *fitPrepare({spec("Center")}, corner)), (std::vector<double>{0, 0, 0, 0, 8, 0, 0, 0, 0}));
  Samples colours = table({1, 1, 0, 0, 0, 1}, {3, 1, 2});
  std::vector<double> gray = prepared(colours, *fitPrepare({spec("Gray")}, colours));
  EXPECT_NEAR(gray[0], 0.299, 1e-12);
  EXPECT_NEAR(gray[1], 0.299 + 0.114, 1e-12);
  EXPECT_EQ(fitPrepare({spec("CenterCrop", {{"size", number(5)}})}, image).failure().code.str(), "E309");
  EXPECT_EQ(fitPrepare({spec("Gray")}, kTable).failure().code.str(), "E309");
  EXPECT_EQ(fitPrepare({spec("Flip")}, image).failure().code.str(), "E250");
}

TEST(Prepare, PicturesOfSeveralSizes) {
  auto data = std::make_shared<Dataset>();
  data->origin = "t";
  data->sampleShape = {1, 0, 0};
  data->count = 2;
  data->sizes = {{2, 2}, {1, 3}};
  data->offsets = {0, 4};
  data->values.form = Values::Form::Bytes;
  data->values.ownBytes = {1, 2, 3, 4, 5, 6, 7};
  data->values.bytes = data->values.ownBytes.data();
  Samples samples = allSamples(data);
  EXPECT_EQ(data->shapeOf(1), (Shape{1, 1, 3}));
  EXPECT_EQ(data->value(1, 2), 7);
  EXPECT_EQ(preparedShape(samples, {}).failure().code.str(), "E305");
  EXPECT_EQ(fitPrepare({spec("Normalize")}, samples).failure().code.str(), "E309");
  auto prepare = fitPrepare({spec("CenterCrop", {{"size", number(1)}}), spec("Normalize")}, samples);
  ASSERT_TRUE(prepare) << toString(prepare.failure());
  EXPECT_EQ(prepared(samples, *prepare), (std::vector<double>{-1, 1})); // of 1 and 6
}

TEST(Prepare, BytesAreScaledByDefault) {
  Dataset bytes, numbers;
  bytes.values.form = Values::Form::Bytes;
  ASSERT_EQ(defaultPrepare(bytes).size(), 1u);
  EXPECT_EQ(fitPrepare(defaultPrepare(bytes), kTable)->text(), "Scale k=0.00392156862745098\n");
  EXPECT_TRUE(defaultPrepare(numbers).empty());
}

} // namespace
} // namespace dlc::data::test
