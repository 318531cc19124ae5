// Predictions: whoever asks, with whomever, and however often, a sample has one answer, that of a batch of one.
// Allocations are counted, because a call must not make any.
#include "allocations.h"
#include "dlc/session/predictor.h"
#include "dlc/support/philox.h"
#include "small_nets.h"

#include <atomic>
#include <thread>

using namespace dlc;
using namespace dlc::session;
using namespace dlc::test;

namespace {

/// A net of random weights.
std::unique_ptr<Net> openNet(const std::string &source) {
  auto net = std::make_unique<Net>();
  Done opened = net->openSourceText("net.dsl", source);
  EXPECT_TRUE(opened && net->initialise());
  for (const Finding &finding : net->findings())
    EXPECT_NE(finding.severity, Severity::Error) << finding.text;
  return net;
}

std::vector<float> randomSamples(size_t rows, size_t size) {
  std::vector<float> samples(rows * size);
  RandomStream random(5, RandomUse::Synthetic, 0);
  for (float &x : samples)
    x = static_cast<float>(random.normal());
  return samples;
}

const char *const kNets[] = {
    "[model]\ninput = 20\noutput = input -> Linear(33) -> BatchNorm -> ReLU -> Linear(7) -> Softmax\n",
    ("[model]\ninput = 2x9x9\noutput = input -> Conv2d(5, 3) -> BatchNorm -> ReLU -> MaxPool2d(2) -> Flatten -> "
     "Linear(3)\n"),
    "[model]\ninput = 6x8\noutput = input -> Attention(2) -> LayerNorm -> Linear(4)\n",
    "[model]\ninput = 5x3\noutput = input -> LSTM(6) -> Linear(2)\n",
    "[model]\ninput = 6\noutput = input -> Linear(9) -> Tanh -> Linear(4)\n[train]\ndtype = f64\n"};

TEST(Predictor, AnAnswerDoesNotDependOnTheSamplesBesideIt) {
  for (const char *source : kNets) {
    auto net = openNet(source);
    auto one = Predictor::make(*net), many = Predictor::make(*net, {.maxBatch = 32});
    ASSERT_TRUE(one && many) << source;
    const size_t in = (*one)->inputs(), out = (*one)->outputs();
    constexpr size_t kRows = 64;
    const std::vector<float> samples = randomSamples(kRows, in);
    std::vector<double> each(kRows * out), wide(samples.begin(), samples.end());
    for (size_t row = 0; row < kRows; ++row)
      ASSERT_TRUE(
          (*one)->predict(llvm::ArrayRef(wide).slice(row * in, in), llvm::MutableArrayRef(each).slice(row * out, out)));
    RandomStream random(9, RandomUse::Synthetic, 1);
    for (int round = 0; round < 40; ++round) {
      const size_t from = random.below(kRows), count = 1 + random.below(static_cast<uint32_t>(kRows - from));
      std::vector<double> together(count * out);
      ASSERT_TRUE(
          (*many)->predict(llvm::ArrayRef(wide).slice(from * in, count * in), llvm::MutableArrayRef<double>(together)));
      ASSERT_EQ(llvm::ArrayRef(together), llvm::ArrayRef(each).slice(from * out, count * out)) << source;
    }
  }
}

TEST(Predictor, AnswersManyThreadsAtOnceWithTheSameBits) {
  auto net = openNet(kNets[0]);
  auto made = Predictor::make(*net, {.maxBatch = 4, .callers = 3});
  ASSERT_TRUE(made);
  Predictor &predictor = **made;
  net.reset(); // it outlives the net
  const std::vector<float> samples = randomSamples(8, predictor.inputs());
  std::vector<float> expected(8 * predictor.outputs());
  ASSERT_TRUE(predictor.predict(llvm::ArrayRef(samples), llvm::MutableArrayRef(expected)));
  std::atomic<size_t> wrong = 0;
  std::vector<std::thread> callers;
  for (size_t caller = 0; caller < 6; ++caller)
    callers.emplace_back([&, caller] {
      std::vector<float> answers(predictor.outputs());
      for (size_t call = 0; call < 500; ++call) {
        const size_t row = (call + caller) % 8;
        bool good = static_cast<bool>(
            predictor.predict(llvm::ArrayRef(samples).slice(row * predictor.inputs(), predictor.inputs()),
                              llvm::MutableArrayRef(answers)));
        good &= llvm::ArrayRef(answers) == llvm::ArrayRef(expected).slice(row * answers.size(), answers.size());
        wrong += !good;
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(wrong, 0u);
}

TEST(Predictor, AllocatesNothingInACall) {
  for (const char *source : kNets) {
    auto net = openNet(source);
    auto made = Predictor::make(*net, {.maxBatch = 8});
    ASSERT_TRUE(made);
    Predictor &predictor = **made;
    const std::vector<float> samples = randomSamples(11, predictor.inputs());
    std::vector<float> answers(11 * predictor.outputs());
    const size_t before = allocations();
    for (int call = 0; call < 3; ++call)
      ASSERT_TRUE(predictor.predict(llvm::ArrayRef(samples), llvm::MutableArrayRef(answers)));
    EXPECT_EQ(allocations(), before) << source;
  }
}

TEST(Predictor, PreparesRawSamplesAsTrainingDid) {
  Observer silent;
  Net net;
  trainSmall(net, smallSource("Linear(8) -> Tanh"), silent); // with Normalize
  auto made = Predictor::make(net, {.maxBatch = 2});
  ASSERT_TRUE(made);
  const std::vector<double> raw = {0, 0, 0, 1, 1, 0, 1, 1};
  std::vector<float> answers(8), prepared(8), again(8);
  ASSERT_TRUE((*made)->predictRaw(llvm::ArrayRef(raw), {2}, llvm::MutableArrayRef(answers)));
  std::vector<double> x = raw;
  net.prepare().apply(x.data(), 4, 2);
  std::copy(x.begin(), x.end(), prepared.begin());
  EXPECT_NE(std::vector<float>(raw.begin(), raw.end()), prepared) << "preparation does something";
  ASSERT_TRUE((*made)->predict(llvm::ArrayRef(prepared), llvm::MutableArrayRef(again)));
  EXPECT_EQ(answers, again);
  const size_t before = allocations();
  ASSERT_TRUE((*made)->predictRaw(llvm::ArrayRef(raw), {2}, llvm::MutableArrayRef(answers)));
  EXPECT_EQ(allocations(), before);
}

/// Scores tell classes apart that have the same probability after rounding.
TEST(Predictor, GivesTheScoresThatRankClasses) {
  auto net = openNet("[model]\ninput = 3\noutput = input -> Linear(3)\n[train]\nloss = CrossEntropy\n");
  auto made = Predictor::make(*net, {.maxBatch = 4});
  ASSERT_TRUE(made);
  constexpr size_t kSamples = 21;
  std::vector<float> tiny = randomSamples(kSamples, 3);
  for (float &value : tiny)
    value *= 1e-12F;
  std::vector<float> answers(3 * kSamples), scores(3 * kSamples), again(3 * kSamples);
  ASSERT_TRUE((*made)->predict(llvm::ArrayRef(tiny), llvm::MutableArrayRef(answers), llvm::MutableArrayRef(scores)));
  for (float answer : answers)
    EXPECT_FLOAT_EQ(answer, 1.0F / 3);
  for (size_t row = 0; row < kSamples; ++row)
    for (size_t a = 0; a < 3; ++a)
      for (size_t b = 0; b < a; ++b)
        EXPECT_NE(scores[3 * row + a], scores[3 * row + b]);
  ASSERT_TRUE((*made)->predict(llvm::ArrayRef(tiny), llvm::MutableArrayRef(again)));
  EXPECT_EQ(again, answers);
  const auto scoresOf = [&](size_t row) { return llvm::ArrayRef<float>(scores).slice(3 * row, 3); };
  size_t others = 0;
  for (size_t row = 0; row < kSamples; ++row)
    others += (*made)->classOf<float>(scoresOf(row)) != 0;
  EXPECT_GT(others, 0u) << "not always the first among equals";
  std::vector<float> few(3);
  EXPECT_FALSE((*made)->predict(llvm::ArrayRef(tiny), llvm::MutableArrayRef(answers), llvm::MutableArrayRef(few)));
}

TEST(Predictor, RefusesWhatDoesNotFit) {
  auto net = openNet("[model]\ninput = Tokens(3, vocab=5)\noutput = input -> Embedding(4) -> Linear(2)\n");
  auto made = Predictor::make(*net);
  ASSERT_TRUE(made);
  std::vector<float> answers((*made)->outputs());
  for (const std::vector<float> &wrong : {std::vector<float>{1, 2}, {1, 2, 5}, {1, 2, -1}, {1, 2, 0.5F}, {1, 2, NAN}}) {
    Done asked = (*made)->predict(llvm::ArrayRef(wrong), llvm::MutableArrayRef(answers));
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.failure().kind, Failure::Kind::Options);
  }
  const std::vector<float> good = {0, 4, 2};
  EXPECT_TRUE((*made)->predict(llvm::ArrayRef(good), llvm::MutableArrayRef(answers)));
  EXPECT_FALSE(Predictor::make(*net, {.maxBatch = 0}));
}

} // namespace
