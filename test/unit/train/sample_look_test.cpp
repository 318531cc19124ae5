// What a model file keeps of how training samples look, there and back; and files that say it wrongly.
// What is done with it is tested by the tests of dlc serve.
#include "dlc/train/sample_look.h"

#include "gmock/gmock.h"

namespace dlc::train {
namespace {

using testing::SizeIs;

data::Samples rowsOf(std::vector<float> values, Shape shape) {
  auto data = std::make_shared<data::Dataset>();
  data->sampleShape = std::move(shape);
  data->count = values.size() / data->sampleSize();
  data->values.form = data::Values::Form::F32;
  data->values.f32 = std::move(values);
  return data::allSamples(data);
}

TEST(SampleLook, HasRangesOfFeatures) {
  const SampleLook look = lookOf(rowsOf({1, -5, 2, 0.25, 6, 0.5}, {2}));
  EXPECT_EQ(look.shape, Shape{2});
  EXPECT_FALSE(look.pictures);
  ASSERT_THAT(look.features, SizeIs(2));
  EXPECT_EQ(look.features[0].low, 1);
  EXPECT_EQ(look.features[0].high, 6);
  EXPECT_EQ(look.features[0].mean, 3);
  EXPECT_EQ(look.features[1].low, -5);
  EXPECT_EQ(look.all.low, -5);
  EXPECT_EQ(look.all.high, 6);
}

TEST(SampleLook, HasNoFeaturesOfArrays) {
  const SampleLook look = lookOf(rowsOf({1, 2, 3, 4}, {2, 2}));
  EXPECT_EQ(look.shape, (Shape{2, 2}));
  EXPECT_THAT(look.features, SizeIs(0));
  EXPECT_EQ(look.all.mean, 2.5);
}

TEST(SampleLook, ComesBackFromAFile) {
  const SampleLook look = lookOf(rowsOf({0.1F, -5, 2, 0.25, 6, 1e-20F}, {2}));
  model::Trailer trailer;
  recordLook(look, trailer);
  const SampleLook back = lookIn(trailer);
  EXPECT_EQ(back.shape, look.shape);
  EXPECT_EQ(back.all.mean, look.all.mean);
  ASSERT_THAT(back.features, SizeIs(2));
  EXPECT_EQ(back.features[0].low, look.features[0].low);
  EXPECT_EQ(back.features[1].mean, look.features[1].mean);
}

TEST(SampleLook, IsNotKnownWhereAFileSaysItWrongly) {
  for (const char *text : {"", "2", "2 numbers 0 1", "2 numbers 0 1 x", "2x numbers 0 1 2", "-2 numbers 0 1 2",
                           "2 shades 0 1 2", "2 numbers 0 1 2 3", " numbers 0 1 2"}) {
    model::Trailer trailer;
    trailer.values = {{"sample", text}};
    EXPECT_TRUE(lookIn(trailer).shape.empty()) << text;
  }
  for (const char *text : {"0 1", "0 1 2", "0 1 2 0 1 x", "0 1 2 0 1 2 0 1 2"}) {
    model::Trailer trailer;
    trailer.values = {{"sample", "2 numbers 0 1 2"}, {"features", text}};
    EXPECT_EQ(lookIn(trailer).shape, Shape{2});
    EXPECT_THAT(lookIn(trailer).features, SizeIs(0)) << text;
  }
}

} // namespace
} // namespace dlc::train
