// Tests of the grammar: every form of the language reference, every syntax error with its place, and hostile texts.
// What names mean is not tested here (see settings_test and build_test).
#include "dlc/dsl/syntax/grammar.h"

#include "gtest/gtest.h"
#include <chrono>

namespace dlc::dsl {
namespace {

/// Parses on construction and keeps all that the tree points into.
struct Parsed {
  explicit Parsed(llvm::StringRef text) : diags(sources), file(parse(sources.add("t.dsl", text), diags)) {}
  Sources sources;
  Diags diags;
  File file;

  /// The tree in one line: nodes by their printed text without places, depth as brackets.
  std::string tree() {
    std::string out;
    llvm::raw_string_ostream os(out);
    printAst(os, file, sources);
    llvm::SmallVector<llvm::StringRef> lines;
    llvm::StringRef(out).split(lines, '\n', -1, false);
    std::string flat;
    size_t depth = 0;
    for (llvm::StringRef line : llvm::ArrayRef(lines).drop_front()) {
      size_t indent = line.find_first_not_of(' ') / 2;
      if (!flat.empty())
        flat += indent > depth ? "(" : std::string(depth - indent, ')') + " ";
      depth = indent;
      flat += line.trim().split("  //").first;
    }
    return flat + std::string(depth ? depth - 1 : 0, ')');
  }
  /// "3:42 E104" for every error, in order.
  std::string errors() {
    std::string out;
    for (const Diagnostic *d : diags.sorted()) {
      Position at = sources.position(d->loc);
      out += (out.empty() ? "" : ", ") + std::to_string(at.line) + ":" + std::to_string(at.column) + " " + d->code;
    }
    return out;
  }
};

struct Case {
  const char *text, *expected;
};

class Forms : public testing::TestWithParam<Case> {};
TEST_P(Forms, Parse) {
  Parsed p(GetParam().text);
  EXPECT_EQ(p.errors(), "");
  EXPECT_EQ(p.tree(), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Grammar, Forms,
    testing::Values(
        Case{"", ""}, Case{"# only a comment", ""},
        Case{"\xEF\xBB\xBF"
             "a = 1\r\n",
             "a =(number 1)"},
        Case{"a=1\n;comment\nb=2", "a =(number 1) b =(number 2)"}, Case{"a = -1", "a =(negate(number 1))"},
        Case{"a = .5", "a =(number 0.5)"}, Case{"a = 1e-3", "a =(number 0.001)"}, Case{"a = 1E5", "a =(number 100000)"},
        Case{"a = 10%", "a =(number 10 %)"}, Case{"a = 5 epochs", "a =(number 5 epochs)"},
        Case{"a = 1 epoch", "a =(number 1 epochs)"}, Case{"a = 200 steps", "a =(number 200 steps)"},
        Case{"a = 1 step", "a =(number 1 steps)"}, Case{"a = 30s", "a =(number 30 s)"},
        Case{"a = 10m", "a =(number 10 m)"}, Case{"a = 2h", "a =(number 2 h)"}, Case{"a = 64MB", "a =(number 64 MB)"},
        Case{"a = 2GB", "a =(number 2 GB)"}, Case{"a = 1epoch", "a =(number 1 epochs)"},
        Case{"a = 3x32x32", "a =(shape 3x32x32)"}, Case{"a = 28X28", "a =(shape 28x28)"},
        Case{"a = 10\nsteps = 5", "a =(number 10) steps =(number 5)"},
        Case{"a = \"x # \\\"y\\\" \\\\\"", "a =(string \"x # \\\"y\\\" \\\\\")"},
        Case{"a = [1, 2, ]", "a =(list(number 1 number 2))"}, Case{"a = []", "a =(list)"},
        Case{"a = [[0, 1],\n  [1, 0]]", "a =(list(list(number 0 number 1) list(number 1 number 0)))"},
        Case{"m = Accuracy, F1", "m =(path Accuracy path F1)"},
        Case{"output.mask = input.image", "output.mask =(path input.image)"}, Case{"a = f()", "a =(call f)"},
        Case{"a = f(1, b=2)", "a =(call f(number 1 arg b(number 2)))"},
        Case{"a = f(b = -2,)", "a =(call f(arg b(negate(number 2))))"},
        Case{"a = f(\n  1, # one\n\n  2\n)", "a =(call f(number 1 number 2))"},
        Case{"a = 1 - 2 - 3", "a =(arithmetic(number 1 operator - number 2 operator - number 3))"},
        Case{"a = 1 + 2 * 3", "a =(arithmetic(number 1 operator + arithmetic(number 2 operator * number 3)))"},
        Case{"a = (1 + 2) * 3", "a =(arithmetic(arithmetic(number 1 operator + number 2) operator * number 3))"},
        Case{"a = 7 // 2 / 1 @ b",
             "a =(arithmetic(number 7 operator // number 2 operator / number 1 operator @ path b))"},
        Case{"a = b -c", "a =(arithmetic(path b operator - path c))"}, Case{"a = b->c", "a =(flow(path b ->(path c)))"},
        Case{"v = test[9000:]", "v =(slice test(from(number 9000)))"},
        Case{"v = test[:2*n]", "v =(slice test(to(arithmetic(number 2 operator * path n))))"},
        Case{"v = t[1:2]", "v =(slice t(from(number 1) to(number 2)))"}, Case{"v = t[:]", "v =(slice t)"},
        Case{"o = a + b -> R", "o =(flow(arithmetic(path a operator + path b) ->(path R)))"},
        Case{"o = a + (b -> R)", "o =(arithmetic(path a operator + flow(path b ->(path R))))"},
        Case{"o = (a -> b) -> c", "o =(flow(flow(path a ->(path b)) ->(path c)))"},
        Case{"o = i -> 3 * B(16) -> n * C -> (n-1) * D(x=1)",
             "o =(flow(path i ->(count(number 3) call B(number 16)) ->(count(path n) path C) "
             "->(count(arithmetic(path n operator - number 1)) call D(arg x(number 1)))))"},
        Case{"o = i # c\n\n  # c\n  -> A\n-> B\n\nc = 1", "o =(flow(path i ->(path A) ->(path B))) c =(number 1)"},
        Case{"layer=Linear,784,64\nactivation=ReLU",
             "layer =(path Linear number 784 number 64) activation =(path ReLU)"},
        Case{"layer=GroupNorm,4,eps=1e-5", "layer =(path GroupNorm number 4 arg eps(number 1e-05))"},
        Case{"lr = 0.1 -> Warmup(1 epoch) -> Cosine",
             "lr =(flow(number 0.1 ->(call Warmup(number 1 epochs)) ->(path Cosine)))"},
        Case{"train_file = data/my train(1.csv # the data", "train_file =(text data/my train(1.csv)"},
        Case{"test_file = \"a b.csv\"", "test_file =(string \"a b.csv\")"},
        Case{"[model]\ninput = 2", "section model(input =(number 2))"}, Case{"[ model ] # x", "section model"},
        Case{"w = 1\n[block B(out, stride=2*w)]\noutput = input",
             "w =(number 1) section block B(param out param stride(arithmetic(number 2 operator * path w)) "
             "output =(path input))"},
        Case{"[block B()]", "section block B"}, Case{"[block B]", "section block B"},
        Case{"[a]\n[b]\nc=1", "section a section b(c =(number 1))"}));

class Errors : public testing::TestWithParam<Case> {};
TEST_P(Errors, HaveTheirPlace) {
  Parsed p(GetParam().text);
  EXPECT_EQ(p.errors(), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Grammar, Errors,
    testing::Values(Case{"a = 'x'", "1:5 E101"},
                    Case{"a = 3\xC3\x97"
                         "4",
                         "1:6 E101"},
                    Case{"a = 1 # \xFF", "1:9 E101"}, Case{"a\1= 1", "1:2 E101"},
                    Case{"\xFF\xFE"
                         "a",
                         "1:1 E101"},
                    Case{"a = \"\\n\"", "1:6 E101"}, Case{"a = 1 2", "1:7 E102"}, Case{"a = f (1)", "1:7 E102"},
                    Case{"a = t[1]", "1:8 E102"}, Case{"-> ReLU", "1:1 E102"}, Case{"1 = a", "1:1 E102"},
                    Case{"a. = 1", "1:3 E102"}, Case{"a = 1)", "1:6 E102"}, Case{"[a] b", "1:5 E102"},
                    Case{"a = 5 minutes", "1:7 E102"}, Case{"a = b -> F() * 2", "1:14 E102"},
                    Case{"a = b ->", "1:9 E103"}, Case{"a = b -> -> C", "1:10 E103"}, Case{"a = b -> 3", "1:11 E103"},
                    Case{"a = b -> 3 * 4", "1:14 E103"}, Case{"a = b -> (2) C", "1:14 E103"},
                    Case{"a = b -> \"x\"", "1:10 E103"}, Case{"o = i -> C(6, p=2 -> T", "1:19 E104"},
                    Case{"a = f(1 2)", "1:9 E104"}, Case{"a = [1", "1:7 E104"}, Case{"a = (1", "1:7 E104"},
                    Case{"a = (1]\nb = 1 1", "1:7 E104, 2:7 E102"}, Case{"a = t[1:", "1:9 E104"},
                    Case{"a = \"x", "1:5 E104"}, Case{"a = \"x\nb = 1", "1:5 E104"}, Case{"a =", "1:4 E105"},
                    Case{"a = # c\nb = 1", "1:4 E105"}, Case{"a = 1 +", "1:8 E105"}, Case{"a = f(1,,2)", "1:9 E105"},
                    Case{"a = 2 * -> b", "1:9 E105"}, Case{"a = 1,", "1:7 E105"}, Case{"a = - -1", "1:7 E105"},
                    Case{"a = f(b=)", "1:9 E105"}, Case{"train_file =", "1:13 E105"}, Case{"a = 1e999", "1:5 E202"},
                    Case{"a = 99999999999999999999x2", "1:5 E202"}, Case{"[]", "1:2 E110"}, Case{"[model", "1:7 E110"},
                    Case{"[block B(a b)]", "1:12 E110"}, Case{"[block B(a,)]", "1:12 E110"},
                    Case{"[block B(a]", "1:11 E110"}, Case{"epochs 5", "1:8 E112"}, Case{"epochs", "1:7 E112"},
                    Case{"a -> b", "1:3 E112"},
                    // One mistake hides no other, and costs no second message.
                    Case{"a = (1\nb = 2\nc = ]\nd = 1 2", "1:7 E104, 3:5 E105, 4:7 E102"},
                    Case{"o = f(1,\n  p=2\nx = 1 1\n[data]\ny = = 2", "2:6 E104, 3:7 E102, 5:5 E105"},
                    Case{"a = 'x'\nb = {\nc = 1", "1:5 E101, 2:5 E101"},
                    Case{"a = b -> C(\n  1\n[model]\nx 1", "2:4 E104, 4:3 E112"}));

TEST(Grammar, NestingIsLimited) {
  auto nested = [](unsigned depth) {
    return "a = " + std::string(depth, '(') + "1" + std::string(depth, ')') + "\nb = 1 1\n";
  };
  EXPECT_EQ(Parsed(nested(kMaxNesting)).errors(), "2:7 E102");
  EXPECT_EQ(Parsed(nested(kMaxNesting + 1)).errors(), "1:" + std::to_string(5 + kMaxNesting) + " E115, 2:7 E102");
  EXPECT_EQ(Parsed("a = " + std::string(1 << 20, '[')).errors(), "1:" + std::to_string(5 + kMaxNesting) + " E115");
}

TEST(Grammar, EveryPrefixOfANetIsHandled) {
  const std::string net = "w = 2 # \xC3\xA4\n[block B(a, b=1)]\noutput = input -> (w-1) * Linear(a*2, bias=false)\n"
                          "[data]\ntrain = Inline([[0, 1],\n [1, 0]], [0, 1])\nval = test[9:]\ntest_file = a/b.csv\n"
                          "s = \"q\\\"\"\n";
  for (size_t n = 0; n <= net.size(); ++n)
    for (char last : {'\0', '(', '"', '\xFF', '[', '-', '\n'}) {
      std::string text = net.substr(0, n);
      if (last)
        text += last;
      Parsed p(text);
      std::string out;
      llvm::raw_string_ostream os(out);
      p.diags.flush(os);
      EXPECT_LT(out.size(), size_t(64) << 10);
    }
}

/// Hostile texts of 1 MiB: they take linear time and print little.
TEST(Grammar, LargeTexts) {
  constexpr size_t kSize = 1 << 20;
  auto repeat = [&](llvm::StringRef unit) {
    std::string text;
    while (text.size() < kSize)
      text += unit;
    return text;
  };
  const std::string texts[] = {"a = " + repeat("1+") + "1",
                               "a = b" + repeat(" -> c"),
                               "a = [" + repeat("1,") + "]",
                               repeat("a = (\n"),
                               repeat("a = (\n").substr(0, 600) + repeat("b = 1\n"),
                               repeat("("),
                               repeat("\xFF"),
                               repeat("'"),
                               "a = \"" + std::string(8 << 20, 'x'),
                               repeat("a"),
                               "a = 0." + repeat("7"),
                               repeat("# "),
                               repeat("a = 1 2\n"),
                               std::string(kSize, '\0'),
                               repeat("\n;"),
                               repeat("-> "),
                               "a = f(" + repeat("\n") + ")",
                               repeat("a = \"\n")};
  for (const std::string &text : texts) {
    auto begin = std::chrono::steady_clock::now();
    Parsed p(text);
    std::string out;
    llvm::raw_string_ostream os(out);
    p.diags.flush(os);
    EXPECT_LT(out.size(), size_t(64) << 10) << text.substr(0, 20);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(seconds.count(), 60) << text.substr(0, 20); // a quadratic parse would take hours
  }
}

TEST(ParseValue, UsesTheSameGrammar) {
  Sources sources;
  Diags diags(sources);
  auto values = parseValue(sources.add("--set", "0.1 -> Cosine"), diags);
  ASSERT_EQ(values.size(), 1u);
  EXPECT_TRUE(values[0].value.as<Flow>());
  EXPECT_EQ(parseValue(sources.add("--set", "Accuracy, F1"), diags).size(), 2u);
  EXPECT_FALSE(diags.hadError());
  for (const char *bad : {"", "1 2", "(", "1\nb = 2", "# x", "'"}) {
    diags.clear();
    EXPECT_TRUE(parseValue(sources.add("--set", bad), diags).empty()) << bad;
    EXPECT_TRUE(diags.hadError()) << bad;
  }
}

TEST(Ast, OneLineOnly) {
  Parsed p("w = 1\n[model]\no = i\n  -> A(2)\n  -> B\nx = 3\n");
  std::string out;
  llvm::raw_string_ostream os(out);
  printAst(os, p.file, p.sources, 4);
  EXPECT_EQ(out, "file t.dsl\n  section model  // t.dsl:2:1\n    o =  // t.dsl:3:1\n        ->  // t.dsl:4:3\n"
                 "          call A  // t.dsl:4:6\n            number 2  // t.dsl:4:8\n");
}

} // namespace
} // namespace dlc::dsl
