// Batcher: every request has its own answer, with the same bits whatever it was computed with.
// Sockets are tested by test/e2e/serve.test.
#include "small_models.h"

#include "dlc/serve/batcher.h"

#include <future>

namespace dlc::serve {
namespace {

/// Offers `body` and gives its answer later.
std::future<Outcome> ask(Batcher &batcher, std::shared_ptr<const Model> model, std::string body,
                         BodyForm form = BodyForm::Json) {
  auto promise = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> answer = promise->get_future();
  Job job{.model = std::move(model), .form = form, .body = std::move(body), .done = [promise](Outcome outcome) {
            promise->set_value(std::move(outcome));
          }};
  EXPECT_TRUE(batcher.offer(job));
  return answer;
}

std::string sample(unsigned i, size_t width) {
  std::string text = "[";
  for (size_t k = 0; k < width; ++k) {
    i = i * 1103515245 + 12345;
    text += (k ? "," : "") + std::to_string(static_cast<int>(i >> 8 & 0xFFFF) - 0x8000) + "e-4";
  }
  return text + "]";
}

struct Case {
  const char *source;
  size_t width;
};
constexpr Case kNets[] = {
    {"[model]\ninput = 4\noutput = input -> Linear(8) -> BatchNorm -> ReLU -> Linear(3)\n[train]\nloss = "
     "CrossEntropy\n",
     4},
    {"[model]\ninput = 6x2\noutput = input -> GRU(6) -> LSTM(6, sequence=false) -> Linear(2)\n[train]\nloss = "
     "CrossEntropy\n",
     12},
    {"[model]\ninput = 4x6\noutput = input -> Attention(2) -> Flatten -> Linear(5)\n[train]\nloss = CrossEntropy\n",
     24},
    {"[model]\ninput = 1x8x8\noutput = input -> Conv2d(3, 3) -> ReLU -> Flatten -> Linear(4)\n[train]\nloss = MSE\n",
     64},
    {"[model]\ninput = 2\noutput = input -> Linear(1)\n[train]\nloss = BCE\ndtype = f64\n", 2}};

TEST(Batcher, AnswersHaveTheSameBitsInEveryCompany) {
  for (const Case &net : kNets) {
    auto model = test::modelOf(net.source, {.maxRows = 16, .callers = 3});
    Metrics metrics;
    std::vector<std::string> alone;
    constexpr unsigned kSamples = 40;
    {
      Batcher batcher({.threads = 1}, metrics);
      ASSERT_TRUE(batcher.start().ok());
      for (unsigned i = 0; i < kSamples; ++i) {
        Outcome outcome = ask(batcher, model, sample(i, net.width)).get();
        EXPECT_EQ(outcome.status, 200u) << outcome.body;
        alone.push_back(outcome.body);
      }
    }
    for (unsigned threads = 1; threads <= 3; ++threads)
      for (unsigned round = 0; round < 10; ++round) {
        Batcher batcher({.threads = threads}, metrics);
        std::vector<std::future<Outcome>> answers; // all wait before the workers start, so batches are large
        for (unsigned i = 0; i < kSamples; ++i)
          answers.push_back(ask(batcher, model, sample((i * 7 + round) % kSamples, net.width)));
        ASSERT_TRUE(batcher.start().ok());
        for (unsigned i = 0; i < kSamples; ++i)
          EXPECT_EQ(answers[i].get().body, alone[(i * 7 + round) % kSamples]) << net.source;
      }
    EXPECT_NE(metrics.text().find("dlc_batch_rows_bucket{le=\"16\"} "), std::string::npos);
  }
}

/// Of 20 that wait, one worker makes batches of 16 and 4, not 20 of 1.
TEST(Batcher, ComputesTogetherWhatWaits) {
  auto model = test::classifier({.maxRows = 16});
  Metrics metrics;
  Batcher batcher({.threads = 1}, metrics);
  std::vector<std::future<Outcome>> answers;
  for (unsigned i = 0; i < 20; ++i)
    answers.push_back(ask(batcher, model, sample(i, 4)));
  ASSERT_TRUE(batcher.start().ok());
  for (auto &answer : answers)
    EXPECT_EQ(answer.get().status, 200u);
  EXPECT_NE(metrics.text().find("dlc_batch_rows_sum 20\ndlc_batch_rows_count 2\n"), std::string::npos)
      << metrics.text();
}

TEST(Batcher, WaitsForCompanyOnlyWhenTold) {
  auto model = test::classifier({.maxRows = 2});
  Metrics metrics;
  Batcher batcher({.threads = 1, .maxDelay = 60}, metrics);
  ASSERT_TRUE(batcher.start().ok());
  auto first = ask(batcher, model, sample(1, 4));
  auto second = ask(batcher, model, sample(2, 4)); // fills the batch: nobody waits for a minute
  EXPECT_EQ(first.get().status, 200u);
  EXPECT_EQ(second.get().status, 200u);
  EXPECT_NE(metrics.text().find("dlc_batch_rows_count 1\n"), std::string::npos);
}

TEST(Batcher, MistakesAreTheirOwn) {
  auto model =
      test::modelOf("[model]\ninput = Tokens(3, vocab=5)\noutput = input -> Embedding(4) -> Flatten -> Linear(2)\n"
                    "[train]\nloss = CrossEntropy\n",
                    {.maxRows = 16});
  Metrics metrics;
  Batcher batcher({.threads = 1}, metrics);
  std::vector<std::future<Outcome>> good, bad;
  for (unsigned i = 0; i < 4; ++i) {
    good.push_back(ask(batcher, model, "[1,2,3]"));
    bad.push_back(ask(batcher, model, "[1,2,5]"));
    bad.push_back(ask(batcher, model, "[1,2"));
  }
  ASSERT_TRUE(batcher.start().ok());
  for (auto &answer : good)
    EXPECT_EQ(answer.get().status, 200u);
  std::string all;
  for (auto &answer : bad) {
    Outcome outcome = answer.get();
    EXPECT_EQ(outcome.status, 400u);
    all += outcome.body;
  }
  EXPECT_NE(all.find("takes whole numbers from 0 to 4, not 5"), std::string::npos) << all;
}

TEST(Batcher, RefusesMoreThanItsQueueHolds) {
  auto model = test::classifier();
  Metrics metrics;
  Batcher batcher({.threads = 1, .limit = 3}, metrics);
  std::vector<std::future<Outcome>> answers;
  for (unsigned i = 0; i < 3; ++i)
    answers.push_back(ask(batcher, model, sample(i, 4)));
  Job job{.model = model, .body = "[]", .done = [](Outcome) { ADD_FAILURE() << "it was not taken"; }};
  EXPECT_FALSE(batcher.offer(job));
  EXPECT_EQ(job.body, "[]");
  ASSERT_TRUE(batcher.start().ok());
  batcher.stop(); // answers what waits
  for (auto &answer : answers)
    EXPECT_EQ(answer.get().status, 200u);
  EXPECT_FALSE(batcher.offer(job));
}

TEST(Batcher, DropsWhatWaitsWhenTold) {
  auto model = test::classifier();
  Metrics metrics;
  Batcher batcher({.threads = 1}, metrics);
  Job job{.model = model, .body = "[1,2,3,4]", .done = [](Outcome) { ADD_FAILURE() << "it was dropped"; }};
  ASSERT_TRUE(batcher.offer(job));
  batcher.stop(Batcher::Rest::Drop);
  EXPECT_TRUE(batcher.start().ok());
}

TEST(Workers, AreAsManyAsModelsKeepBusy) {
  const auto heavy =
      test::modelOf("[model]\ninput = 784\noutput = input -> Linear(2048) -> ReLU -> Linear(2048) -> ReLU -> "
                    "Linear(10)\n[train]\nloss = CrossEntropy\n");
  for (unsigned most : {1u, 2u, 8u, 64u}) {
    EXPECT_EQ(worthwhileWorkers({test::classifier()}, most), 1u);
    EXPECT_EQ(worthwhileWorkers({}, most), 1u);
    const unsigned workers = worthwhileWorkers({test::classifier(), heavy}, most);
    EXPECT_EQ(workers, worthwhileWorkers({heavy}, most)); // the heaviest decides
    EXPECT_LE(workers, most);
    EXPECT_GE(workers, std::min(most, 2u));
  }
}

} // namespace
} // namespace dlc::serve
