// The table of facts about ops: every name is one of the registry, and ranges are those that the interpreter reaches.
// What is said with them is in test/dsl/cannot_learn.test.
#include "dlc/dsl/op_facts.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/text.h"
#include "dlc/ops/ops.h"

#include "gtest/gtest.h"

namespace dlc::dsl {
namespace {

TEST(OpFacts, AreOfLayersThatThereAre) {
  const Registry registry(ops::all());
  for (const OpFacts &facts : allFacts()) {
    const OpDef *def = registry.find(facts.op);
    ASSERT_TRUE(def) << facts.op.str();
    EXPECT_EQ(def->role, Role::Layer) << facts.op.str();
    EXPECT_EQ(&factsOf(facts.op), &facts) << "twice in the table";
  }
}

/// The results of an op for numbers from far below 0 to far above, 4 in a row.
std::vector<double> resultsOf(llvm::StringRef op) {
  const Registry registry(ops::all());
  Sources sources;
  Diags diags(sources);
  const std::string text =
      "graph @net stage=typed {\n  %x = input() {name=\"x\", dtype=f64, shape=[9,4]} : f64[9,4]\n  %y = " + op.str() +
      "(%x) : f64[9,4]\n  output(%y) {name=\"y\"}\n}\n";
  std::unique_ptr<Graph> graph = parseGraph(sources.add("facts.ir", text), registry, diags);
  EXPECT_TRUE(graph) << text;
  if (!graph)
    return {};
  Interpreter interpreter(*graph, registry);
  auto x = interpreter.input("x").span<double>();
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = (static_cast<double>(i % 9) - 4) * 250 + static_cast<double>(i / 9);
  interpreter.run();
  const auto y = interpreter.output("y").span<double>();
  return {y.begin(), y.end()};
}

TEST(OpFacts, RangesAreThoseOfTheInterpreter) {
  constexpr double kLarge = 100; // no bound lies so far out
  for (const OpFacts &facts : allFacts()) {
    const ResultRange &range = facts.range;
    if (!std::isfinite(range.low) && !std::isfinite(range.high))
      continue;
    double least = INFINITY, most = -INFINITY;
    for (double y : resultsOf(facts.op))
      least = std::min(least, y), most = std::max(most, y);
    if (std::isfinite(range.low))
      EXPECT_NEAR(least, range.low, 1e-6) << facts.op.str();
    else
      EXPECT_LT(least, -kLarge) << facts.op.str();
    if (std::isfinite(range.high))
      EXPECT_NEAR(most, range.high, 1e-6) << facts.op.str();
    else
      EXPECT_GT(most, kLarge) << facts.op.str();
  }
}

} // namespace
} // namespace dlc::dsl
