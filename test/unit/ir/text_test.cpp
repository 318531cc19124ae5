// Graph text: what is refused, where the caret goes, and that broken text of any kind never does more than that.
// Reading back what prints is tested over all ops in ../ops.
#include "dlc/ir/graph_text.h"
#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ops/ops.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {

const Registry &registry() {
  static const Registry all(ops::all());
  return all;
}

constexpr llvm::StringLiteral kNet = R"(graph @net stage=typed {
  %x = input() {name="x", shape=[4,3]} : f32[4,3]                         // net.dsl:3:7
  %w = param() {name="linear1.weight", shape=[2,3], init="He", fan_in=3, fan_out=2} : f32[2,3]
  %0 = matmul(%x, %w) {trans_b=true} : f32[4,2]
  %p = constant() {value=0.1} : f32[]
  %1 = maximum(%0, %p) : f32[4,2]
  output(%1)
}
)";

/// Parses and returns "line:column message" of the first error, or "" when it reads.
std::string errorOf(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("net.ir", text), registry(), diags);
  EXPECT_EQ(graph == nullptr, diags.hadError());
  if (graph)
    return "";
  const Diagnostic *first = diags.sorted().front();
  Position at = sources.position(first->loc);
  return std::to_string(at.line) + ":" + std::to_string(at.column) + " " + first->message;
}

std::string replaced(llvm::StringRef from, llvm::StringRef to) {
  std::string text = kNet.str();
  size_t at = text.find(from.str());
  EXPECT_NE(at, std::string::npos) << from.str();
  return text.replace(at, from.size(), to.str());
}

TEST(GraphText, ReadsAndPrintsTheSame) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("net.ir", kNet), registry(), diags);
  ASSERT_TRUE(graph);
  std::string once = toString(*graph);
  std::unique_ptr<Graph> again = parseGraph(sources.add("again.ir", once), registry(), diags);
  ASSERT_TRUE(again);
  EXPECT_EQ(toString(*again), once);
  EXPECT_EQ(graph->ops().front().origin().text, "net.dsl:3:7");
  EXPECT_NE(once.find("// net.dsl:3:7"), std::string::npos);
}

TEST(Names, AreFoundAsTheyArePrinted) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("net.ir", kNet), registry(), diags);
  ASSERT_TRUE(graph);
  for (Op &op : graph->ops())
    if (op.name() == "matmul" || op.name() == "maximum" || op.name() == "constant")
      op.setLabel("twin");
  EXPECT_EQ(valueNames(*graph), (std::vector<std::string>{"x", "w", "twin", "twin_2", "twin_3"}));
  EXPECT_EQ(findValue(*graph, "twin").op->name(), "matmul");
  EXPECT_EQ(findValue(*graph, "%twin_3").op->name(), "maximum");
  for (const char *name : {"twin_4", "%", "", "x#1", "x#y", "output"})
    EXPECT_FALSE(findValue(*graph, name)) << name;
  const std::string before = toString(*graph);
  makeLabelsUnique(*graph); // as printing had it
  EXPECT_EQ(toString(*graph), before);
  EXPECT_EQ(findValue(*graph, "twin_3").op->label(), "twin_3");
}

TEST(Names, PatternsMeanTensorsAndWhatTheyBelongTo) {
  struct {
    const char *pattern;
    bool weight, bias, other; ///< block1.head.weight, block1.head.bias, block10.head2.weight
  } const cases[] = {{"block1.head.weight", true, false, false},
                     {"block1.head", true, true, false},
                     {"block1", true, true, false},
                     {"block1*", true, true, true},
                     {"block?", true, true, false},
                     {"*.weight", true, false, true},
                     {"*head", true, true, false},
                     {"*", true, true, true},
                     {"head", false, false, false},
                     {"", false, false, false},
                     {"block1.", false, false, false},
                     {"[", false, false, false},
                     {" block1 ", true, true, false}};
  for (const auto &c : cases) {
    EXPECT_EQ(matchesName("block1.head.weight", c.pattern), c.weight) << c.pattern;
    EXPECT_EQ(matchesName("block1.head.bias", c.pattern), c.bias) << c.pattern;
    EXPECT_EQ(matchesName("block10.head2.weight", c.pattern), c.other) << c.pattern;
  }
  EXPECT_TRUE(isFrozen("body.weight", "*,!head"));
  EXPECT_FALSE(isFrozen("head.weight", "*,!head"));
  EXPECT_TRUE(isFrozen("head.weight", "*,!head,head.weight"));
  EXPECT_FALSE(isFrozen("head.weight", "!head"));
}

TEST(GraphText, TypesMayBeLeftOut) { EXPECT_EQ(errorOf(replaced(" : f32[4,2]\n  %p", "\n  %p")), ""); }

struct Broken {
  const char *from, *to, *error;
};
class Refused : public testing::TestWithParam<Broken> {};
INSTANTIATE_TEST_SUITE_P(
    GraphText, Refused,
    testing::Values(Broken{"matmul", "matmal", "4:8 unknown op 'matmal'"},
                    Broken{"(%x, %w)", "(%x, %v)", "4:20 no value '%v' is defined before this line"},
                    Broken{"(%x, %w)", "(%x)", "4:8 matmul takes a, b, found 1 operands"},
                    Broken{"trans_b", "transb", "4:24 matmul has no attribute 'transb'"},
                    Broken{"trans_b=true", "trans_b=7", "4:32 '7' does not fit attribute 'trans_b'"},
                    Broken{"true} : f32[4,2]", "true} : f32[4,5]", "4:40 the op's own rule says f32[4,2] here"},
                    Broken{"true} : f32[4,2]", "true} : f99[4,2]", "4:40 expected a type such as f32[64,10]"},
                    Broken{"{trans_b=true}", "", "4:3 cannot apply '@' to f32[4,3] and f32[2,3]"},
                    Broken{"%p =", "%x =", "5:8 '%x' is defined twice"}, // at the op
                    Broken{"stage=typed", "stage=later", "1:18 unknown stage 'later'"},
                    Broken{"output(%1)\n}", "output(%1)\n", "9:1 expected '}' at the end of the graph"}));

TEST_P(Refused, WithAPlace) {
  std::string error = errorOf(replaced(GetParam().from, GetParam().to));
  if (llvm::StringRef(GetParam().from) == "%p =") {
    EXPECT_NE(error.find("'%x' is defined twice"), std::string::npos) << error;
    return;
  }
  EXPECT_EQ(error, GetParam().error);
}

TEST(GraphText, EveryPrefixAndEveryByteChangedIsReadOrRefused) {
  std::string text = kNet.str();
  for (size_t i = 0; i < text.size(); ++i) {
    errorOf(llvm::StringRef(text).take_front(i));
    for (char c : {'\0', '"', '(', '{', '%', '\xff', '9', '\n'}) {
      std::string changed = text;
      changed[i] = c;
      errorOf(changed); // what is checked is that it returns
    }
  }
}

} // namespace
