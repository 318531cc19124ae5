// Training as a library: an observer is told and asked, and the bits depend on nothing but the source.
// Another net that trains beside it, on another thread, is nothing that a run could notice.
#include "small_nets.h"

#include "dlc/support/check.h"

#include <stdexcept>
#include <thread>

using namespace dlc;
using namespace dlc::session;
using namespace dlc::test;

namespace {

struct Listening : Observer {
  int64_t epochs = 0, steps = 0, stopAfter = INT64_MAX;
  std::string ended;
  double loss = 0;
  bool wantsSteps() const override { return true; }
  void step(const train::StepInfo &) override { ++steps; }
  void epoch(const train::EpochInfo &info) override { ++epochs, loss = info.train.loss; }
  void stop(llvm::StringRef reason, llvm::StringRef) override { ended = reason.str(); }
  int stopAsked() override { return steps >= stopAfter ? 7 : 0; }
};

TEST(Training, TellsItsObserver) {
  Listening observer;
  Net net;
  trainSmall(net, smallSource("Linear(8) -> Tanh"), observer);
  EXPECT_EQ(observer.epochs, 20);
  EXPECT_EQ(observer.steps, 40);
  EXPECT_EQ(observer.ended, "done");
  EXPECT_GT(observer.loss, 0);
}

TEST(Training, StopsWhenItsObserverSaysSo) {
  Listening observer;
  observer.stopAfter = 5;
  Net net;
  ASSERT_TRUE(net.openSourceText("small.dsl", smallSource("Linear(8) -> Tanh")));
  Training training(net);
  ASSERT_TRUE(training.build());
  ASSERT_TRUE(training.load({}));
  ASSERT_TRUE(training.begin(observer));
  const train::Outcome outcome = training.run();
  EXPECT_EQ(outcome.end, train::Outcome::End::Interrupted);
  EXPECT_EQ(outcome.signal, 7);
  EXPECT_EQ(observer.steps, 5);
}

TEST(Training, MistakesInTheDataAreFindings) {
  Observer silent;
  Net net;
  ASSERT_TRUE(net.openSourceText(
      "net.dsl", "[model]\ninput = 3\noutput = input -> Linear(2)\n[data]\ntrain = Inline([[0, 0]], [1])\n"));
  Done trained = Training(net).run({}, silent);
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.failure().kind, Failure::Kind::Findings);
  const std::vector<Finding> findings = net.findings();
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().code, "E305");
}

TEST(Training, TwoNetsInTwoThreadsGiveTheBitsOfOneAfterTheOther) {
  const std::string sources[] = {smallSource("Linear(16) -> BatchNorm -> ReLU -> Dropout(20%)", "seed = 3\n"),
                                 smallSource("Linear(12) -> Tanh", "dtype = f64\n")};
  std::string alone[2], beside[2];
  auto train = [&](size_t i, std::string &bytes) {
    Observer silent;
    Net net;
    trainSmall(net, sources[i], silent);
    bytes = net.bytes();
  };
  for (size_t i = 0; i < 2; ++i)
    train(i, alone[i]);
  for (int round = 0; round < 5; ++round) {
    std::thread other([&] { train(1, beside[1]); });
    train(0, beside[0]);
    other.join();
    EXPECT_EQ(beside[0], alone[0]);
    EXPECT_EQ(beside[1], alone[1]);
  }
}

TEST(FailedChecks, GoToTheHandlerOfTheProgram) {
  static std::string said;
  setCheckHandler([](llvm::StringRef message) {
    said = message.str();
    throw std::runtime_error("any way out will do");
  });
  EXPECT_THROW(DLC_CHECK(said.size() == 1) << "as it should not be", std::runtime_error);
  setCheckHandler(nullptr);
  EXPECT_NE(said.find("check failed: said.size() == 1 as it should not be"), std::string::npos) << said;
  EXPECT_DEATH(DLC_CHECK(false) << "without a handler", "internal error: .*without a handler");
}

} // namespace
