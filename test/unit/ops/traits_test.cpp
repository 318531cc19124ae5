// What definitions say of ops beyond what they compute: ranges are those that the interpreter reaches, and element-wise
// ops do not look at their neighbours. What is said with them is in test/dsl/cannot_learn.test.
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ops/ops.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {

/// The results of an op for numbers from far below 0 to far above, 4 in a row.
std::vector<double> resultsOf(llvm::StringRef op) {
  const Registry registry(ops::all());
  Sources sources;
  Diags diags(sources);
  const std::string text =
      "graph @net stage=typed {\n  %x = input() {name=\"x\", dtype=f64, shape=[9,4]} : f64[9,4]\n  %y = " + op.str() +
      "(%x) : f64[9,4]\n  output(%y) {name=\"y\"}\n}\n";
  std::unique_ptr<Graph> graph = parseGraph(sources.add("traits.ir", text), registry, diags);
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

TEST(Traits, RangesAreThoseOfTheInterpreter) {
  constexpr double kLarge = 100; // no bound lies so far out
  unsigned ranges = 0;
  for (const OpDef *def : ops::all()) {
    const ResultRange &range = def->range;
    if (!std::isfinite(range.low) && !std::isfinite(range.high))
      continue;
    ++ranges;
    EXPECT_EQ(def->role, Role::Layer) << def->name.str();
    double least = INFINITY, most = -INFINITY;
    for (double y : resultsOf(def->name))
      least = std::min(least, y), most = std::max(most, y);
    if (std::isfinite(range.low))
      EXPECT_NEAR(least, range.low, 1e-6) << def->name.str();
    else
      EXPECT_LT(least, -kLarge) << def->name.str();
    if (std::isfinite(range.high))
      EXPECT_NEAR(most, range.high, 1e-6) << def->name.str();
    else
      EXPECT_GT(most, kLarge) << def->name.str();
  }
  EXPECT_GE(ranges, 8u);
}

/// Of an element-wise op of equal shapes, one element of an operand changes that of the result and no other.
TEST(Traits, ElementwiseOpsSeeOnePlace) {
  const Registry registry(ops::all());
  unsigned ops = 0;
  for (const OpDef *def : registry.all()) {
    if (!def->elementwise)
      continue;
    ++ops;
    ASSERT_TRUE(def->reference) << def->name.str() << " is no primitive";
    std::string operands, inputs;
    for (size_t i = 0; i < def->operands.size(); ++i) {
      const std::string name = "%x" + std::to_string(i);
      inputs += "  " + name + " = input() {name=\"" + name.substr(1) + "\", dtype=f64, shape=[7]} : f64[7]\n";
      operands += (i ? ", " : "") + name;
    }
    Sources sources;
    Diags diags(sources);
    std::unique_ptr<Graph> graph =
        parseGraph(sources.add("traits.ir", "graph @net stage=typed {\n" + inputs + "  %y = " + def->name.str() + "(" +
                                                operands + ") : f64[7]\n  output(%y) {name=\"y\"}\n}\n"),
                   registry, diags);
    ASSERT_TRUE(graph) << def->name.str();
    Interpreter interpreter(*graph, registry);
    auto run = [&] {
      interpreter.run();
      const auto y = interpreter.output("y").span<double>();
      return std::vector<double>(y.begin(), y.end());
    };
    for (size_t i = 0; i < def->operands.size(); ++i)
      for (size_t e = 0; double &x : interpreter.input("x" + std::to_string(i)).span<double>())
        x = 0.2 + 0.1 * static_cast<double>(i) + 0.05 * static_cast<double>(e++);
    const std::vector<double> before = run();
    for (size_t i = 0; i < def->operands.size(); ++i) {
      double &x = interpreter.input("x" + std::to_string(i)).span<double>()[3];
      const double kept = x;
      x = 0.9;
      const std::vector<double> after = run();
      for (size_t e = 0; e < 7; ++e)
        EXPECT_TRUE(e == 3 || before[e] == after[e]) << def->name.str() << ", operand " << i << ", element " << e;
      x = kept;
    }
  }
  EXPECT_GE(ops, 24u);
}

} // namespace
