// Texts over HTTP: what is asked and refused, that company changes no text, and that nobody waits for a long one.
// What a Continuation draws is tested by unit_session, and that it is what dlc infer prints by test/e2e/serve.test.
#include "small_models.h"

#include "dlc/serve/batcher.h"
#include "dlc/serve/texts.h"

#include <future>

namespace dlc::serve {
namespace {

constexpr const char *kCausal =
    "[model]\ninput = Tokens(6, vocab=5)\noutput = input -> Embedding(8) -> LSTM(8) -> Linear(5)\n"
    "[data]\ntarget = next\n[train]\nloss = CrossEntropy\nseed = 3\n";

std::shared_ptr<const Model> textModel(ModelOptions options = {}, const char *source = kCausal) {
  session::Net net;
  EXPECT_TRUE(net.openSourceText("net.dsl", source) && net.initialise());
  net.setPreparation({}, {.classes = {"\n", "a", "b", "ß"}});
  auto model = Model::make(net, "text", options);
  EXPECT_TRUE(model);
  return *model;
}

std::future<Outcome> askText(Batcher &batcher, std::shared_ptr<const Model> model, std::string body,
                             Job::Wish wish = Job::Wish::Text, std::shared_ptr<std::atomic<bool>> unwanted = nullptr) {
  auto promise = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> answer = promise->get_future();
  Job job{.model = std::move(model), .body = std::move(body), .wish = wish, .unwanted = std::move(unwanted)};
  job.done = [promise](Outcome outcome) { promise->set_value(std::move(outcome)); };
  EXPECT_TRUE(batcher.offer(job));
  return answer;
}

std::string textQuestion(unsigned i) {
  static constexpr const char *kPrompts[] = {"", "a", "ab", "aßbaßbaßb", "bbbb"};
  return std::string("{\"prompt\": \"") + kPrompts[i % 5] + "\", \"n\": " + std::to_string(i % 30) +
         ", \"seed\": " + std::to_string(i) + ", \"temperature\": " + std::to_string(i % 3) + "}";
}

TEST(Texts, AreTheSameInEveryCompany) {
  auto model = textModel({.maxRows = 8, .callers = 3});
  Metrics metrics;
  std::vector<std::string> alone;
  constexpr unsigned kTexts = 60;
  Batcher single({.threads = 1}, metrics);
  ASSERT_TRUE(single.start().ok());
  for (unsigned i = 0; i < kTexts; ++i) {
    Outcome outcome = askText(single, model, textQuestion(i)).get();
    EXPECT_EQ(outcome.status, 200u) << outcome.body;
    alone.push_back(outcome.body);
  }
  for (unsigned threads = 1; threads <= 3; ++threads) {
    Batcher batcher({.threads = threads, .texts = kTexts}, metrics);
    std::vector<std::future<Outcome>> answers, predictions;
    for (unsigned i = 0; i < kTexts; ++i) {
      answers.push_back(askText(batcher, model, textQuestion((i * 7) % kTexts)));
      predictions.push_back(askText(batcher, model, "[0,1,2,3,0,1]", Job::Wish::Predict));
    }
    ASSERT_TRUE(batcher.start().ok());
    for (unsigned i = 0; i < kTexts; ++i) {
      EXPECT_EQ(answers[i].get().body, alone[(i * 7) % kTexts]);
      EXPECT_EQ(predictions[i].get().status, 200u);
    }
  }
}

/// A text of 10,000 characters is on its way, and a prediction that comes later is answered before it.
TEST(Texts, KeepNobodyWaiting) {
  auto model = textModel();
  Metrics metrics;
  Batcher batcher({.threads = 1}, metrics);
  ASSERT_TRUE(batcher.start().ok());
  auto text = askText(batcher, model, R"({"prompt": "a", "n": 10000})");
  EXPECT_EQ(askText(batcher, model, "[0,1,2,3,0,1]", Job::Wish::Predict).get().status, 200u);
  EXPECT_EQ(text.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_EQ(text.get().status, 200u);
}

TEST(Texts, EndWhereNobodyWantsThem) {
  auto model = textModel();
  Metrics metrics;
  Batcher batcher({.threads = 1, .texts = 2}, metrics);
  auto unwanted = std::make_shared<std::atomic<bool>>(true);
  auto left = askText(batcher, model, R"({"n": 10000})", Job::Wish::Text, unwanted);
  auto stays = askText(batcher, model, R"({"n": 10})");
  Job third{.model = model, .body = "{}", .wish = Job::Wish::Text};
  EXPECT_FALSE(batcher.offer(third)) << "two are continued at once";
  ASSERT_TRUE(batcher.start().ok());
  EXPECT_EQ(stays.get().status, 200u);
  EXPECT_EQ(left.get().status, 503u);
  EXPECT_EQ(askText(batcher, model, R"({"n": 3})").get().status, 200u) << "there is room again";
  batcher.hurry(Clock::now());
  Outcome late = askText(batcher, model, R"({"n": 10000})").get();
  EXPECT_EQ(late.body, "{\"error\":\"the server is stopping\"}\n");
  auto dropped = askText(batcher, model, R"({"n": 10000})");
  batcher.stop(Batcher::Rest::Drop);
}

TEST(Texts, SayWhatIsWrong) {
  auto model = textModel();
  auto refusal = [&](llvm::StringRef body) {
    std::optional<session::Continuation> text;
    const auto refused = readTextQuestion(body, *model, text);
    EXPECT_EQ(refused.has_value(), !text.has_value()) << body.str();
    return refused ? refused->text : "";
  };
  EXPECT_EQ(refusal("{}"), "");
  EXPECT_EQ(refusal(R"({"prompt": "a\n", "n": 10000, "temperature": 0, "seed": 18446744073709551615})"), "");
  EXPECT_EQ(refusal("[]"), R"(expected a JSON object: {"prompt": "...", "n": 100, "temperature": 1, "seed": 0})");
  EXPECT_EQ(refusal(R"({"prompt": "abc"})"),
            "prompt: 'c' (character 3) is not one of the 4 characters of the training text");
  EXPECT_NE(refusal(R"({"n": 10001})").find("n: expected a whole number from 0 to 10000, got 10001"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"n": 1.5})").find("n: expected a whole number from 0 to 10000, got 1.5"), std::string::npos);
  EXPECT_NE(refusal(R"({"n": "5"})").find("expected a number"), std::string::npos) << refusal(R"({"n": "5"})");
  EXPECT_NE(refusal(R"({"temperature": -1})").find("temperature: expected a number of at least 0, got -1"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"temperature": 1e999})").find("temperature: expected a number of at least 0, got 1e999"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"seed": -1})").find("seed: expected a whole number from 0 to 2^64 - 1, got -1"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"promt": "a"})").find("promt: no such member; expected prompt, n, temperature or seed"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"prompt": "a"} x)"), "");
}

TEST(Texts, AreContinuedByNetsOfTextsAlone) {
  EXPECT_TRUE(textModel()->text());
  EXPECT_FALSE(test::classifier()->text());
  EXPECT_EQ(test::classifier()->noText(), "the net continues no texts: it was not trained with target = next");
}

} // namespace
} // namespace dlc::serve
