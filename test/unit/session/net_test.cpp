// Opening: findings are values with places, failures say of what kind they are, and what was saved opens again.
// Nothing here is printed or ends the process, whatever is wrong.
#include "dlc/session/layer_table.h"
#include "small_nets.h"

using namespace dlc;
using namespace dlc::session;
using namespace dlc::test;

namespace {

TEST(Net, WhatIsWrongIsAValueWithAPlace) {
  Net net;
  Done opened = net.openSourceText("net.dsl", "[model]\ninput = 4\noutput = input -> Linaer(3)\n");
  std::vector<Finding> findings = net.findings();
  if (opened) { // the model is built when somebody asks
    auto built = net.build(dsl::Mode::Infer, 1);
    ASSERT_FALSE(built);
    EXPECT_EQ(built.failure().kind, Failure::Kind::Findings);
    findings = net.findings();
  }
  ASSERT_EQ(findings.size(), 1u);
  const Finding &f = findings.front();
  EXPECT_EQ(f.severity, Severity::Error);
  EXPECT_EQ(f.file, "net.dsl");
  EXPECT_EQ(f.line, 3u);
  EXPECT_EQ(f.column, 19u);
  EXPECT_EQ(f.endColumn, 25u);
  EXPECT_NE(f.help.find("Linear"), std::string::npos) << f.help;
  EXPECT_NE(f.text.find("output = input -> Linaer(3)"), std::string::npos) << f.text;
  EXPECT_TRUE(net.findings().empty()) << "they are said once";
}

TEST(Net, WhatTheSystemRefusesIsNoFinding) {
  Net net;
  Done opened = net.openSource("/nowhere/net.dsl");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.failure().kind, Failure::Kind::System);
  EXPECT_NE(opened.failure().message.find("/nowhere/net.dsl"), std::string::npos);
  EXPECT_TRUE(net.findings().empty());
}

TEST(Net, BytesThatAreNoModelAreAFinding) {
  for (llvm::StringRef bytes : {"", "DLASM1", "something else that is long enough to be one"}) {
    Net net;
    Done opened = net.openModelBytes("x.model", bytes);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.failure().kind, Failure::Kind::Findings);
    EXPECT_EQ(net.findings().size(), 1u);
  }
}

TEST(Net, SaysWhatItCosts) {
  Net net;
  ASSERT_TRUE(net.openSourceText("net.dsl", smallSource("Linear(8) -> ReLU")));
  auto infer = net.cost(dsl::Mode::Infer, 1), training = net.cost(dsl::Mode::Train, 2);
  ASSERT_TRUE(infer);
  ASSERT_TRUE(training);
  const uint64_t weights = (2 * 8 + 8 + 8 * 2 + 2) * sizeof(float);
  EXPECT_EQ(infer->weights, weights);
  EXPECT_EQ(infer->state, 0u);
  EXPECT_EQ(training->state, 2 * weights) << "Adam keeps two means of each";
  EXPECT_GT(training->work, 0u);
  auto built = net.build(dsl::Mode::Infer, 1);
  ASSERT_TRUE(built);
  int64_t parameters = 0, multiplyAdds = 0;
  for (const LayerRow &row : layerTable(*built))
    parameters += row.parameters, multiplyAdds += row.multiplyAdds;
  EXPECT_EQ(parameters, 42);
  EXPECT_EQ(multiplyAdds, 2 * 8 + 8 * 2);
}

TEST(Net, APlanBeyondTheLimitIsRefused) {
  Options options;
  options.maxMemory = 100;
  Net net(options);
  ASSERT_TRUE(net.openSourceText("net.dsl", smallSource("Linear(64) -> ReLU")));
  auto plan = net.plan(dsl::Mode::Train, 2);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.failure().kind, Failure::Kind::System);
}

TEST(Net, WithoutDataSaysSo) {
  Net net;
  ASSERT_TRUE(net.openSourceText("net.dsl", "[model]\ninput = 2\noutput = input -> Linear(2)\n"));
  ASSERT_TRUE(net.initialise());
  auto samples = net.samples({});
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.failure().kind, Failure::Kind::NoData);
}

TEST(Net, OpensAgainFromTheBytesThatItSaves) {
  Observer silent;
  Net net;
  trainSmall(net, smallSource("Linear(8) -> Tanh"), silent);
  const std::string bytes = net.bytes();
  Net again;
  ASSERT_TRUE(again.openModelBytes("small.model", bytes));
  EXPECT_EQ(again.bytes(), bytes);
  EXPECT_EQ(again.names().classes, net.names().classes);
  for (const auto &p : net.parameters().all())
    if (p->isWeight()) {
      EXPECT_EQ(again.parameters().find(p->attrs.name)->tensor(), p->tensor()) << p->attrs.name;
    }
}

} // namespace
