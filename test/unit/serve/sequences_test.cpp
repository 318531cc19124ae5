// Sequences: who has which, when they are over, and that company changes no bit of an answer.
// That answers are those of dlc infer, test/e2e/serve_sequences.test sees.
#include "small_models.h"

#include "dlc/serve/batcher.h"
#include "dlc/serve/sequences.h"

#include <future>

namespace dlc::serve {
namespace {

using Taking = std::variant<std::shared_ptr<Sequences::Sequence>, Refusal>;
bool isTaken(const Taking &taking) {
  return std::holds_alternative<std::shared_ptr<Sequences::Sequence>>(taking) && std::get<0>(taking);
}

TEST(Sequences, AreTakenByOneAtATime) {
  Sequences all({.most = 2, .idle = 3600});
  EXPECT_TRUE(std::holds_alternative<Refusal>(all.take({"a", false, false}))) << "it has not begun";
  Taking first = all.take({"a", true, false});
  ASSERT_TRUE(isTaken(first));
  std::get<0>(first)->state.steps = 1;
  EXPECT_FALSE(isTaken(all.take({"a", false, false}))) << "somebody uses it";
  EXPECT_FALSE(isTaken(all.take({"a", true, false}))) << "nor may it begin again meanwhile";
  all.giveBack({"a", true, false}, std::get<0>(first), true);
  Taking again = all.take({"a", false, true});
  ASSERT_TRUE(isTaken(again));
  EXPECT_EQ(std::get<0>(again)->state.steps, 1u);
  all.giveBack({"a", false, true}, std::get<0>(again), true);
  EXPECT_EQ(all.size(), 0u) << "it has ended";
}

TEST(Sequences, AreLimited) {
  Sequences all({.most = 2, .idle = 3600});
  Taking a = all.take({"a", true, false}), b = all.take({"b", true, false});
  ASSERT_TRUE(isTaken(a) && isTaken(b));
  Taking c = all.take({"c", true, false});
  ASSERT_TRUE(std::holds_alternative<Refusal>(c));
  EXPECT_EQ(std::get<Refusal>(c).status, 503u);
  all.giveBack({"b", true, false}, std::get<0>(b), false);
  EXPECT_TRUE(isTaken(all.take({"c", true, false}))) << "what began with a mistake has not begun";
}

TEST(Sequences, AreOverWhenSilent) {
  Sequences all({.most = 1, .idle = 0});
  Taking a = all.take({"a", true, false});
  std::get<0>(a)->state.steps = 1;
  all.giveBack({"a", true, false}, std::get<0>(a), true);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_TRUE(std::holds_alternative<Refusal>(all.take({"a", false, false})));
  EXPECT_TRUE(isTaken(all.take({"b", true, false}))) << "its room is free";
}

TEST(Sequences, AreNamedByQueriesAndParameters) {
  std::optional<SequenceWish> wish;
  std::string wrong;
  EXPECT_TRUE(readSequence("", wish, wrong) && !wish);
  EXPECT_TRUE(readSequence("a=b&x", wish, wrong) && !wish);
  ASSERT_TRUE(readSequence("sequence_start=true&sequence_id=a-1_.B&sequence_end=false", wish, wrong) && wish);
  EXPECT_TRUE(wish->id == "a-1_.B" && wish->start && !wish->end);
  for (const char *bad : {"sequence_id=", "sequence_id=a/b", "sequence_id=a&sequence_end=yes", "sequence_end=true"}) {
    wrong.clear();
    EXPECT_FALSE(readSequence(bad, wish, wrong)) << bad;
    EXPECT_NE(wrong, "");
  }
  auto read = [](llvm::StringRef json) {
    auto found = readSequence(json);
    return found ? found->id + (found->start ? " start" : "") + (found->end ? " end" : "") : "none";
  };
  EXPECT_EQ(read(R"({"parameters": {"sequence_id": 42, "sequence_start": true}, "inputs": []})"), "42 start");
  EXPECT_EQ(read(R"({"inputs": [1, {"parameters": {"sequence_id": 1}}], "parameters": {"x": 1, "sequence_id": "ab", )"
                 R"("sequence_end": true}})"),
            "ab end");
  EXPECT_EQ(read(R"({"parameters": {"sequence_id": 0}})"), "none");
  EXPECT_EQ(read(R"({"parameters": {"sequence_id": ""}})"), "none");
  EXPECT_EQ(read(R"({"parameters": {"sequence_id": "a"})"), "none");
}

/// Twenty sequences at once, whose requests wait together before anything is computed, against each of them alone.
TEST(Sequences, HaveTheSameBitsInEveryCompany) {
  auto model = test::modelOf("[model]\ninput = 6x2\noutput = input -> GRU(6) -> LSTM(5, sequence=false) -> Linear(3)\n"
                             "[train]\nloss = CrossEntropy\n",
                             {.maxRows = 8, .callers = 2});
  ASSERT_TRUE(model->steps()) << model->noSteps();
  Metrics metrics;
  auto send = [&](Batcher &batcher, unsigned sequence, const std::string &body, bool start) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    Job job{.model = model, .body = body, .sequence = SequenceWish{std::to_string(sequence), start, false}};
    job.done = [promise](Outcome outcome) { promise->set_value(std::move(outcome)); };
    EXPECT_TRUE(batcher.offer(job));
    return promise->get_future();
  };
  constexpr unsigned kSequences = 20, kSteps = 5;
  auto stepOf = [](unsigned sequence, unsigned step) {
    return "[" + std::to_string(0.1 * sequence - step) + "," + std::to_string(0.7 * step) + "]";
  };
  std::vector<std::string> alone;
  {
    Batcher batcher({.threads = 1}, metrics);
    ASSERT_TRUE(batcher.start().ok());
    for (unsigned sequence = 0; sequence < kSequences; ++sequence)
      for (unsigned step = 0; step < kSteps; ++step) {
        Outcome outcome = send(batcher, sequence, stepOf(sequence, step), step == 0).get();
        EXPECT_EQ(outcome.status, 200u) << outcome.body;
        alone.push_back(outcome.body);
      }
  }
  for (unsigned threads = 1; threads <= 2; ++threads)
    for (unsigned step = 0; step < kSteps; ++step) {
      Batcher batcher({.threads = threads}, metrics);
      std::vector<std::future<Outcome>> answers;
      for (unsigned sequence = 0; sequence < kSequences; ++sequence)
        answers.push_back(send(batcher, sequence, stepOf(sequence, step), step == 0));
      ASSERT_TRUE(batcher.start().ok());
      for (unsigned sequence = 0; sequence < kSequences; ++sequence)
        EXPECT_EQ(answers[sequence].get().body, alone[sequence * kSteps + step]) << sequence << " at " << step;
    }
  // Several steps in one request, beside others of the same sequence.
  Batcher batcher({.threads = 2}, metrics);
  std::string all = "[";
  for (unsigned step = 0; step < kSteps; ++step)
    all += (step ? "," : "") + stepOf(7, step);
  auto list = send(batcher, 7, all + "]", true), more = send(batcher, 7, "[1,2]", false);
  ASSERT_TRUE(batcher.start().ok());
  std::string want = "[";
  for (unsigned step = 0; step < kSteps; ++step)
    want += (step ? "," : "") + llvm::StringRef(alone[7 * kSteps + step]).trim().str();
  EXPECT_EQ(list.get().body, want + "]\n");
  EXPECT_EQ(more.get().status, 200u);
}

TEST(Sequences, NeedANetThatTakesSteps) {
  auto none =
      test::modelOf("[model]\ninput = 4x6\noutput = input -> Attention(2) -> Flatten -> Linear(5)\n[train]\nloss = "
                    "CrossEntropy\n");
  EXPECT_FALSE(none->steps());
  EXPECT_NE(none->noSteps().find("Attention needs more than one position of a sequence at once"), std::string::npos)
      << none->noSteps();
  EXPECT_FALSE(test::classifier()->steps());
  EXPECT_EQ(test::classifier()->noSteps(), "");
}

} // namespace
} // namespace dlc::serve
