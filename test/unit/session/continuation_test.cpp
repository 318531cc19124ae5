// Continuations without a net: what is drawn from given scores, which sample is asked for, and what is refused.
// That nets say the right scores, test/e2e/generate.test sees.
#include "dlc/session/continuation.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace dlc;
using namespace dlc::session;

namespace {

std::shared_ptr<const TextNet> textNet(std::vector<std::string> characters, size_t context, size_t scores) {
  return std::make_shared<const TextNet>(TextNet{std::move(characters), context, scores, 1});
}

Continuation begin(const std::shared_ptr<const TextNet> &net, llvm::StringRef prompt, ContinueOptions options) {
  auto begun = Continuation::begin(net, prompt, "prompt", options);
  EXPECT_TRUE(begun);
  return *std::move(begun);
}

std::vector<int32_t> contextOf(const Continuation &text, size_t size) {
  std::vector<int32_t> tokens(size, -1);
  text.context(tokens.data());
  return tokens;
}

TEST(Continuation, AsksForTheLastCharacters) {
  auto net = textNet({"a", "b", "ß"}, 4, 3);
  Continuation text = begin(net, "ßb", {.count = 9, .temperature = 0});
  const float toA[] = {2, 1, 0};
  using Tokens = std::vector<int32_t>;
  EXPECT_EQ(contextOf(text, 4), (Tokens{2, 1, 0, 0}));
  EXPECT_EQ(text.place(), 1u);
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(text.next<float>(toA));
  EXPECT_EQ(contextOf(text, 4), (Tokens{2, 1, 0, 0}));
  EXPECT_EQ(text.place(), 3u);
  const float toLast[] = {0, 1, 2};
  for (int i = 0; i < 7; ++i) {
    EXPECT_FALSE(text.done());
    EXPECT_TRUE(text.next<float>(toLast));
  }
  EXPECT_TRUE(text.done());
  EXPECT_EQ(contextOf(text, 4), (Tokens{2, 2, 2, 2}));
  EXPECT_EQ(text.place(), 3u);
  EXPECT_EQ(text.text(), "aaßßßßßßß");
  EXPECT_EQ(contextOf(begin(net, "abßab", {.count = 1}), 4), (Tokens{1, 2, 0, 1}));
}

TEST(Continuation, BeginsALineWithoutAPrompt) {
  EXPECT_EQ(contextOf(begin(textNet({"a", "\n"}, 2, 2), "", {.count = 1}), 2), (std::vector<int32_t>{1, 0}));
  EXPECT_EQ(contextOf(begin(textNet({"a", "b"}, 2, 2), "", {.count = 1}), 2), (std::vector<int32_t>{0, 0}));
}

/// Shares 1 : 2 : 5, and a fourth score that no character stands behind.
TEST(Continuation, DrawsInProportion) {
  auto net = textNet({"a", "b", "c"}, 4, 4);
  constexpr size_t kMany = 80000;
  const double scores[] = {std::log(1.0), std::log(2.0), std::log(5.0), 100};
  for (double temperature : {1.0, 2.0, 0.5}) {
    Continuation text = begin(net, "a", {.count = kMany, .temperature = temperature, .seed = 3});
    while (!text.done())
      ASSERT_TRUE(text.next<double>(scores));
    double sum = 0;
    for (double score : llvm::ArrayRef(scores).take_front(3))
      sum += std::exp(score / temperature);
    for (int i = 0; i < 3; ++i) {
      const double share = std::exp(scores[i] / temperature) / sum;
      const auto count = static_cast<double>(llvm::count(text.text(), "abc"[i]));
      EXPECT_NEAR(count / kMany, share, 5 * std::sqrt(share * (1 - share) / kMany)) << i << " at " << temperature;
    }
  }
}

TEST(Continuation, TakesTheFirstAmongEqualsWhenCold) {
  Continuation text = begin(textNet({"a", "b", "c"}, 4, 3), "a", {.count = 2, .temperature = 0});
  const float scores[] = {1, 4, 4};
  ASSERT_TRUE(text.next<float>(scores));
  EXPECT_EQ(text.text(), "b");
}

/// Neither a temperature near zero nor a hot one meets a division by zero or a share that is no number.
TEST(Continuation, BearsEveryTemperature) {
  auto net = textNet({"a", "b"}, 4, 2);
  const float scores[] = {-3e38F, 3e38F};
  for (double temperature : {std::numeric_limits<double>::denorm_min(), 1e-300, 1.0, 1e300}) {
    Continuation text = begin(net, "a", {.count = 200, .temperature = temperature});
    while (!text.done())
      ASSERT_TRUE(text.next<float>(scores));
    EXPECT_EQ(llvm::StringRef(text.text()).contains('a'), temperature == 1e300) << temperature;
  }
}

TEST(Continuation, RefusesWhatItCannotRead) {
  auto net = textNet({"a", "b"}, 4, 2);
  auto unseen = Continuation::begin(net, "ab\xc3\x9f", "prompt", {});
  ASSERT_FALSE(unseen);
  EXPECT_EQ(toString(unseen.failure()),
            "prompt:1: E304: '\xc3\x9f' (character 3) is not one of the 2 characters of the training text");
  auto broken = Continuation::begin(net, "a\xff", "prompt", {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.failure().code.str(), "E306");
  Continuation text = begin(net, "a", {.count = 1});
  const float nan[] = {0, std::numeric_limits<float>::quiet_NaN()}, infinite[] = {INFINITY, 0};
  EXPECT_FALSE(text.next<float>(nan));
  EXPECT_FALSE(text.next<float>(infinite));
  EXPECT_EQ(text.text(), "");
}

} // namespace
