// Every schedule against its formula, at its beginning, middle and end, and the ways they may be combined.
// Rates are compared to 12 digits: they are computed in double precision.
#include "dlc/schedule/schedule.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

using namespace dlc;
using namespace dlc::schedule;

namespace {

Spec spec(std::string name, std::vector<std::pair<std::string, double>> args, Unit unit = Unit::None) {
  Spec s;
  s.name = std::move(name);
  for (auto &[key, value] : args) {
    ConstArg arg;
    arg.name = key;
    arg.value.number = value;
    bool span = key == "every" || key == "length" || key == "at";
    arg.value.unit = span ? (unit == Unit::None ? Unit::Epochs : unit) : Unit::None;
    s.args.push_back(arg);
  }
  return s;
}

double rate(std::vector<Spec> steps, int64_t step, PlateauState plateau = {}) {
  auto schedule = Schedule::make(0.1, steps, {10, 100});
  EXPECT_TRUE(schedule);
  return schedule->at(step, plateau);
}

TEST(Schedule, ConstantWithoutSteps) {
  for (int64_t step : {0, 50, 99, 1000})
    EXPECT_DOUBLE_EQ(rate({}, step), 0.1);
}

TEST(Schedule, ExponentialReachesItsEnd) {
  for (int64_t step : {0, 25, 50, 75, 100, 1000})
    EXPECT_NEAR(rate({spec("Exponential", {{"to", 0.001}})}, step), 0.1 * std::pow(0.01, std::min(1.0, step / 100.0)),
                1e-15);
}

TEST(Schedule, CosineRestarts) {
  auto half = [](double share) { return 0.02 + 0.08 * 0.5 * (1 + std::cos(std::numbers::pi * share)); };
  // Ten steps an epoch: 20, 40 and 80 steps, and twenty each time.
  const std::vector<Spec> longer = {spec("CosineRestarts", {{"length", 2}, {"factor", 2}, {"min", 0.02}})};
  const std::vector<Spec> alike = {spec("CosineRestarts", {{"length", 2}, {"min", 0.02}})};
  for (int64_t step = 0; step < 140; ++step) {
    const auto s = static_cast<double>(step);
    EXPECT_NEAR(rate(longer, step),
                step < 20   ? half(s / 20)
                : step < 60 ? half((s - 20) / 40)
                            : half((s - 60) / 80),
                1e-15);
    EXPECT_NEAR(rate(alike, step), half(static_cast<double>(step % 20) / 20), 1e-15);
  }
  // Behind what leads in it begins when that is over.
  EXPECT_NEAR(rate({spec("Warmup", {{"length", 1}}), alike.front()}, 10), 0.1, 1e-15);
}

TEST(Schedule, DecayByEpochAndByInterval) {
  for (int64_t step = 0; step < 100; ++step) {
    EXPECT_NEAR(rate({spec("Decay", {{"factor", 0.97}})}, step), 0.1 * std::pow(0.97, step / 10), 1e-15);
    EXPECT_NEAR(rate({spec("Decay", {{"factor", 0.5}, {"every", 3}})}, step), 0.1 * std::pow(0.5, step / 30), 1e-15);
    EXPECT_NEAR(rate({spec("Decay", {{"factor", 0.5}, {"every", 7}}, Unit::Steps)}, step),
                0.1 * std::pow(0.5, step / 7), 1e-15);
  }
}

TEST(Schedule, StepsFromTheirPlacesOn) {
  auto s = spec("Steps", {{"at", 2}, {"at", 5}, {"factor", 0.1}});
  EXPECT_NEAR(rate({s}, 19), 0.1, 1e-15);
  EXPECT_NEAR(rate({s}, 20), 0.01, 1e-15);
  EXPECT_NEAR(rate({s}, 49), 0.01, 1e-15);
  EXPECT_NEAR(rate({s}, 50), 0.001, 1e-15);
}

TEST(Schedule, CosineRampPoly) {
  for (int64_t step = 0; step <= 100; ++step) {
    double t = static_cast<double>(step) / 100;
    EXPECT_NEAR(rate({spec("Cosine", {{"min", 0.01}})}, step), 0.01 + 0.09 * (1 + std::cos(std::numbers::pi * t)) / 2,
                1e-12);
    EXPECT_NEAR(rate({spec("Ramp", {{"to", 0.02}})}, step), 0.1 - 0.08 * t, 1e-12);
    EXPECT_NEAR(rate({spec("Poly", {{"power", 2}})}, step), 0.1 * (1 - t) * (1 - t), 1e-12);
  }
}

TEST(Schedule, OneCycleGoesUpAndDown) {
  auto s = spec("OneCycle", {{"peak", 1.0}});
  EXPECT_NEAR(rate({s}, 0), 0.1, 1e-12);
  EXPECT_NEAR(rate({s}, 30), 1.0, 1e-12);
  EXPECT_NEAR(rate({s}, 100), 0.1 / 1e4, 1e-12);
  for (int64_t step = 1; step <= 30; ++step)
    EXPECT_GT(rate({s}, step), rate({s}, step - 1));
  for (int64_t step = 31; step <= 100; ++step)
    EXPECT_LT(rate({s}, step), rate({s}, step - 1));
}

TEST(Schedule, WarmupComesFirstWhateverItsPlace) {
  auto warm = spec("Warmup", {{"length", 2}}), cosine = spec("Cosine", {});
  for (auto steps : {std::vector{warm, cosine}, std::vector{cosine, warm}}) {
    EXPECT_NEAR(rate(steps, 0), 0.1 / 20, 1e-15);
    EXPECT_NEAR(rate(steps, 19), 0.1, 1e-15);
    EXPECT_NEAR(rate(steps, 20), 0.1, 1e-15);
    EXPECT_NEAR(rate(steps, 60), 0.05, 1e-12);
    EXPECT_NEAR(rate(steps, 100), 0, 1e-12);
  }
}

TEST(Schedule, PlateauWaitsAndReduces) {
  auto made = Schedule::make(0.1, {spec("Plateau", {{"patience", 2}, {"factor", 0.5}})}, {10, 100});
  ASSERT_TRUE(made);
  PlateauState state;
  std::vector<double> rates;
  for (double loss : {1.0, 0.9, 0.95, 0.91, 0.92, 0.93, 0.5}) {
    made->evaluated(loss, true, state);
    rates.push_back(made->at(0, state));
  }
  std::vector<double> expected = {0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025};
  for (size_t i = 0; i < rates.size(); ++i)
    EXPECT_NEAR(rates[i], expected[i], 1e-15) << i;
}

TEST(Schedule, TwoFullSchedulesAreRefused) {
  auto both = Schedule::make(0.1, {spec("Cosine", {}), spec("Decay", {{"factor", 0.9}})}, {10, 100});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.failure().code.str(), "E262");
  auto twice = Schedule::make(0.1, {spec("Warmup", {{"length", 1}}), spec("Warmup", {{"length", 1}})}, {10, 100});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.failure().code.str(), "E262");
}

} // namespace
