// Time and size: long texts of every kind take time linear in their length, and a net of ordinary size hardly any.
// What bytes and brackets the grammar refuses is tested in grammar_test, enormous nets in build_test.
#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ops/ops.h"

#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <ctime>
#include <functional>

namespace dlc::dsl {
namespace {

/// Processor time, so that other work on the machine does not count.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Outcome {
  double time = 0;
  bool net = false;
  size_t printed = 0;
  int64_t parameters = 0;
};
Outcome run(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  llvm::StringRef kept = sources.add("t.dsl", text);
  Outcome result;
  const double start = seconds();
  File file = parse(kept, diags);
  Settings settings = readSettings(file, {}, compile::vocabulary(), diags);
  Net net = build(file, settings, compile::vocabulary(), {Mode::Train, 4}, diags);
  result.time = seconds() - start;
  result.net = net.graph && !diags.hadError();
  result.parameters = net.parameters;
  EXPECT_TRUE(net.graph || diags.hadError());
  std::string out;
  llvm::raw_string_ostream os(out);
  diags.flush(os);
  result.printed = out.size();
  return result;
}

std::string repeat(size_t n, const std::function<std::string(size_t)> &piece) {
  std::string text;
  for (size_t i = 0; i < n; ++i)
    text += piece(i);
  return text;
}
std::string repeat(size_t n, llvm::StringRef piece) {
  return repeat(n, [&](size_t) { return piece.str(); });
}

struct Text {
  const char *name;
  bool valid;
  std::string (*text)(size_t n);
};
constexpr llvm::StringLiteral kTail = "[train]\nloss = MSE\n";
const Text kShapes[] = {
    {"layers behind arrows", true,
     [](size_t n) { return "[model]\ninput = 4\noutput = input\n" + repeat(n, "  -> Linear(4)\n") + kTail.str(); }},
    {"layers of the layer list", true,
     [](size_t n) { return "[model]\ninput_dim=4\n" + repeat(n, "layer=Linear,4,4\n") + kTail.str(); }},
    {"sizes of an architecture", true,
     [](size_t n) { return "[model]\narchitecture = 4" + repeat(n, ", 4") + "\n" + kTail.str(); }},
    {"names", true,
     [](size_t n) {
       return "[model]\ninput = 4\nh0 = input -> ReLU\n" +
              repeat(n, [](size_t i) { return "h" + std::to_string(i + 1) + " = h" + std::to_string(i) + " + 1\n"; }) +
              "output = h" + std::to_string(n) + " -> Linear(1)\n" + kTail.str();
     }},
    {"blocks", true,
     [](size_t n) {
       return "[model]\ninput = 4\noutput = input" + repeat(n, [](size_t i) { return " -> B" + std::to_string(i); }) +
              "\n" +
              repeat(n, [](size_t i) { return "[block B" + std::to_string(i) + "]\noutput = input -> ReLU\n"; }) +
              kTail.str();
     }},
    {"constants", true,
     [](size_t n) {
       return "c0 = 1\n" +
              repeat(n, [](size_t i) { return "c" + std::to_string(i + 1) + " = c" + std::to_string(i) + " + 0\n"; }) +
              "[model]\ninput = 4\noutput = input -> Linear(c" + std::to_string(n) + ")\n" + kTail.str();
     }},
    {"repeated blocks", true,
     [](size_t n) {
       return "[model]\ninput = 4\noutput = input -> " + std::to_string(n) +
              " * B\n[block B]\noutput = input + (input -> Linear(4))\n" + kTail.str();
     }},
    {"inputs and outputs", true,
     [](size_t n) {
       return "[model]\n" +
              repeat(n / 20,
                     [](size_t i) {
                       return "input.i" + std::to_string(i) + " = 2\noutput.o" + std::to_string(i) + " = input.i" +
                              std::to_string(i) + " -> Linear(1)\n";
                     }) +
              kTail.str();
     }},
    {"unknown values", false,
     [](size_t n) {
       return "[model]\ninput = 4\n" + repeat(n, [](size_t i) { return "h" + std::to_string(i) + " = nothing\n"; });
     }},
    {"unknown values in a line", false,
     [](size_t n) {
       return "[model]\ninput = 4\n" + repeat(n, [](size_t i) { return "h" + std::to_string(i) + " = input\n"; }) +
              "output = input" + repeat(n, [](size_t i) { return " + x" + std::to_string(i); }) + "\n" +
              repeat(n, [](size_t i) { return "y" + std::to_string(i) + " = input\n"; });
     }},
    {"wrong inputs", false,
     [](size_t n) { return "[model]\ninput_dim=4\n" + repeat(n, "layer=Linear,5,4\n") + kTail.str(); }},
    {"keys", false, [](size_t n) { return "[train]\n" + repeat(n, "epochs = 3\n"); }},
    {"sections", false, [](size_t n) { return repeat(n, "[train]\n"); }},
};

TEST(Hostile, LongTextsTakeLinearTime) {
  for (const Text &shape : kShapes) {
    const size_t n = 10000;
    Outcome half = run(shape.text(n)), whole = run(shape.text(2 * n));
    EXPECT_EQ(half.net, shape.valid) << shape.name;
    EXPECT_EQ(whole.net, shape.valid) << shape.name;
    EXPECT_LT(whole.printed, size_t(64) << 10) << shape.name;
    // What is too slow is run again: others may be busy.
    auto isLinear = [&] { return whole.time < 3 * half.time + 0.05; };
    for (int i = 0; i < 4 && !isLinear(); ++i) {
      half.time = std::min(half.time, run(shape.text(n)).time);
      whole.time = std::min(whole.time, run(shape.text(2 * n)).time);
    }
    printf("%-26s %7.1f ms for %zu, %7.1f ms for %zu\n", shape.name, half.time * 1e3, n, whole.time * 1e3, 2 * n);
    EXPECT_TRUE(isLinear()) << shape.name;
  }
}

TEST(Hostile, LinesOf8MiB) {
  const size_t size = size_t(8) << 20;
  const std::string head = "[model]\ninput = 4\n", good = "output = input -> Linear(1)\n[train]\nloss = MSE\n";
  auto name = std::string(size, 'n');
  EXPECT_TRUE(run(head + "# " + name + "\n" + good).net);
  EXPECT_TRUE(run(head + std::string(size, ' ') + "\n" + good).net);
  EXPECT_TRUE(run(head + name + " = input\n" + good).net);
  EXPECT_FALSE(run(head + "h = " + name + "\n" + good).net);
  EXPECT_FALSE(run(head + "h = \"" + name + "\"\n" + good).net);
  EXPECT_FALSE(run(head + "h = [" + repeat(size / 3, "1, ") + "]\n" + good).net);
  EXPECT_FALSE(run(head + "h = " + repeat(size / 2, "1+") + "\n" + good).net);
  EXPECT_FALSE(run(head + std::string(size, '[') + "\n" + good).net);
  EXPECT_FALSE(run(head + std::string(size, '(') + "\n" + good).net);
  EXPECT_FALSE(run(head + repeat(size / 2, "->") + "\n" + good).net);
  EXPECT_FALSE(run(head + std::string(size, '"') + "\n" + good).net);
  EXPECT_FALSE(run(std::string(size, '\0')).net);
  EXPECT_FALSE(run(std::string(size, '\xFF')).net);
}

/// How a text is stored does not change what it says.
TEST(Hostile, LineEndsAndMarks) {
  const std::string text =
      "width = 2.5\n[model]\ninput = 4\noutput = input\n  -> Linear(2 * width)\n[train]\nlr = 0.5\n"
      "loss = MSE\n";
  std::string crlf;
  for (char c : text)
    crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Outcome plain = run(text);
  EXPECT_EQ(plain.parameters, 25);
  for (const std::string &same : {crlf, "\xEF\xBB\xBF" + text, "\xEF\xBB\xBF" + crlf, text.substr(0, text.size() - 1)})
    EXPECT_EQ(run(same).parameters, 25);
}

/// Parsing, building and checking ResNet-20: what an editor waits for at every key.
TEST(Speed, ResNet20) {
  auto buffer = llvm::MemoryBuffer::getFile(DLC_SOURCE_DIR "/dsl-examples/resnet20.dsl");
  ASSERT_TRUE(buffer);
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    Outcome one = run((*buffer)->getBuffer());
    ASSERT_EQ(one.parameters, 272474);
    best = std::min(best, one.time);
  }
  printf("ResNet-20, parsed and built: %.2f ms\n", best * 1e3);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(best, 0.010);
#endif
}

} // namespace
} // namespace dlc::dsl
