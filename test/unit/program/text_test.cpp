// The text form: every family prints and reads back unchanged, and every kind of mistake is refused with a place.
// Graphs have a text form of their own; see ../ir.
#include "dlc/program/instrs.h"
#include "dlc/program/plan.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"

#include "gtest/gtest.h"

#include <set>

using namespace dlc;

namespace {

// Every family, every kind of input, init, state, an i32 input, origins and notes.
constexpr llvm::StringLiteral kProgram = R"(program @all dtype=f32 isa=scalar {
  buffer x input "input" f32[4,6]
  buffer target input "target" i32[4]
  buffer count input "step" i32[]
  buffer w param "linear1.weight" f32[5,6]
  buffer b param "linear1.bias" f32[5]
  buffer m state "adam.m.linear1.bias" f32[5]
  buffer one const f32[5]
  buffer h temp f32[4,5]
  buffer u temp f32[4,5]
  buffer d temp f32[4,5]
  buffer t temp f32[5,4]
  buffer g temp f32[5,5]
  buffer p temp f32[4,5]
  buffer loss temp f32[4]
  buffer picked temp f32[4]
  buffer hot temp f32[4,5]
  buffer hot2 temp f32[4,5]
  buffer total output "loss" f32[]
  buffer top output "a \"name\"" f32[4,5]
  init {
    0: map one <- {count=5} do () { out0 = 1 }
  }
  step {
    1: gemm h <- x, w, b {m=4, n=5, k=6, a_row=6, b_row=1, b_col=6, keep=false} do (acc, row(5)) { r0 = add(in0, in1); r1 = max(r0, 0); out0 = r1 }  // net.dsl:3:7
    2: random u <- count {count=20, seed=7, stream=3}  // net.dsl:4:7
    3: map d <- h, u, m, one, count {count=20} do (full, full, row(5), periodic(4,5), scalar i32) { r0 = lt(in1, 0.25); r1 = select(r0, 0, in0); r2 = add(r1, in2); r3 = mul(r2, in3); r4 = sub(r3, in4); out0 = r4 }  // net.dsl:4:7; left alone
    4: copy t <- d {sizes=[5,4], strides=[1,5]}
    5: gemm g, m <- t, d, m {m=5, n=5, k=4, a_row=4, b_row=5} do (acc, row(5)) { r0 = add(in0, in1); out0 = r0 }
    6: rows p, loss <- d, target {op="cross_entropy", rows=4, cols=5}
    7: pick picked <- p, target {rows=4, cols=5}
    8: one_hot hot <- target, picked {rows=4, cols=5}
    9: one_hot hot2 <- target {rows=4, cols=5}
    10: reduce total <- loss {reduce=4}
    11: map top <- hot, hot2 {count=20} do (full, full) { r0 = add(in0, in1); r1 = exp(r0); r2 = log(r1); r3 = tanh(r2); r4 = sqrt(r3); r5 = neg(r4); r6 = abs(r5); r7 = min(r6, 1e-08); out0 = r7 }
  }
}
)";

std::optional<Program> parse(llvm::StringRef text, std::string &errors) {
  Sources sources;
  Diags diags(sources);
  auto program = parseProgram(sources.add("in.program", text), diags);
  llvm::raw_string_ostream os(errors);
  EXPECT_EQ(program.has_value(), !diags.hadError()) << text.str();
  diags.flush(os);
  return program;
}

/// The program above writes m twice the wrong way: 5 writes 25 elements into it; a version that is right.
std::string soundProgram() {
  std::string text = kProgram.str();
  size_t at = text.find("    5: gemm g, m");
  text.replace(
      at, text.find('\n', at) - at,
      "    5: gemm g <- t, d, m {m=5, n=5, k=4, a_row=4, b_row=5, keep=false} do (acc, row(5)) { r0 = mul(in0, "
      "in1); out0 = r0 }");
  return text;
}

TEST(ProgramText, PrintsWhatItRead) {
  std::string errors;
  auto program = parse(soundProgram(), errors);
  ASSERT_TRUE(program) << errors;
  EXPECT_EQ(toString(*program), soundProgram());
}

TEST(ProgramText, PrintsPlansToo) {
  std::string errors;
  std::set<int64_t> scratch;
  for (kernels::Caches caches : {kernels::Caches{}, kernels::Caches{48 << 10, 2 << 20}}) {
    auto program = parse(soundProgram(), errors);
    ASSERT_TRUE(program) << errors;
    program->caches = caches;
    planProgram(*program);
    std::string planned = toString(*program);
    EXPECT_NE(planned.find("arena="), std::string::npos);
    auto again = parse(planned, errors);
    ASSERT_TRUE(again) << errors << planned;
    EXPECT_EQ(toString(*again), planned);
    scratch.insert(again->scratch);
  }
  EXPECT_EQ(scratch.size(), 2u) << "caches make no difference";
}

/// A plan may come from a file: no number of it is believed.
TEST(ProgramText, HostilePlansAreRefused) {
  std::string errors;
  auto program = parse(soundProgram(), errors);
  ASSERT_TRUE(program) << errors;
  planProgram(*program);
  const std::string planned = toString(*program);
  ASSERT_GT(program->scratch, 0);
  struct Lie {
    llvm::StringLiteral key, value, words;
  };
  // The first number behind the key becomes the value.
  constexpr Lie kLies[] = {{"offset=", "9223372036854775744", "outside the arena"},
                           {"offset=", "9223372036854775807", "not aligned"},
                           {"offset=", "4611686018427387904", "outside the arena"},
                           {"offset=", "-64", "not aligned"},
                           {"offset=", "8", "not aligned"},
                           {"arena=", "-1", "an arena of -1 bytes"},
                           {"arena=", "-9223372036854775808", "an arena of"},
                           {"arena=", "0", "an arena of 0 bytes"},
                           {"arena=", "9223372036854775808", "expected a number"},
                           {"peak-live=", "-64", "are live"},
                           {"peak-live=", "9223372036854775807", "are live"},
                           {"scratch=", "0", "the kernels need"},
                           {"scratch=", "-1", "the kernels need"},
                           {"scratch=", "9223372036854775807", "the kernels need"},
                           {"live=[", "1", "is planned as live in [1,"},
                           {"live=[", "-9223372036854775808", "is planned as live in"}};
  for (const Lie &lie : kLies) {
    std::string text = planned;
    const size_t at = text.find(lie.key.str()) + lie.key.size();
    text.replace(at, text.find_first_not_of("-0123456789", at) - at, lie.value.str());
    errors.clear();
    EXPECT_FALSE(parse(text, errors)) << lie.key.str() << lie.value.str();
    EXPECT_NE(errors.find(lie.words.str()), std::string::npos) << lie.key.str() << lie.value.str() << ": " << errors;
  }
  // An arena as large as numbers go makes no room for 80 bytes in its last 64.
  std::string text = planned;
  for (auto [from, to] : {std::pair("arena=", "9223372036854775807"), std::pair("offset=", "9223372036854775744")}) {
    const size_t line = from[0] == 'o' ? text.find("buffer h temp f32[4,5]") : 0;
    const size_t at = text.find(from, line) + llvm::StringRef(from).size();
    text.replace(at, text.find_first_not_of("0123456789", at) - at, to);
  }
  errors.clear();
  EXPECT_FALSE(parse(text, errors));
  EXPECT_NE(errors.find("outside the arena"), std::string::npos) << errors;
  // A buffer without a place, and one with a place that needs none.
  text = planned;
  const size_t live = text.find(" live=[");
  text.erase(live, text.find('\n', live) - live);
  errors.clear();
  EXPECT_FALSE(parse(text, errors));
  EXPECT_NE(errors.find("is planned as never live"), std::string::npos) << errors;
  text = planned;
  text.insert(text.find('\n', text.find("buffer x input")), " live=[0,1] offset=0");
  errors.clear();
  EXPECT_FALSE(parse(text, errors));
  EXPECT_NE(errors.find("but is never live"), std::string::npos) << errors;
}

TEST(ProgramText, OneLineOfTheSource) {
  std::string errors;
  auto program = parse(soundProgram(), errors);
  ASSERT_TRUE(program) << errors;
  std::string text;
  llvm::raw_string_ostream os(text);
  printProgram(os, *program, {.line = 4});
  EXPECT_NE(text.find("2: random u"), std::string::npos);
  EXPECT_NE(text.find("3: map d"), std::string::npos);
  EXPECT_EQ(text.find("4: copy"), std::string::npos);
  EXPECT_EQ(text.find("buffer hot "), std::string::npos);
}

TEST(ProgramText, WritingTooMuchIsRefused) {
  std::string errors;
  EXPECT_FALSE(parse(kProgram, errors));
  EXPECT_NE(errors.find("'m' is f32[5], but 25 elements are touched"), std::string::npos) << errors;
}

/// Each replacement makes the sound text wrong; the message must hold the words.
struct Mistake {
  llvm::StringLiteral from, to, words;
};
void expectRefused(llvm::StringRef sound, llvm::ArrayRef<Mistake> mistakes) {
  for (const Mistake &mistake : mistakes) {
    std::string text = sound.str();
    size_t at = text.find(mistake.from.str());
    ASSERT_NE(at, std::string::npos) << mistake.from.str();
    text.replace(at, mistake.from.size(), mistake.to.str());
    std::string errors;
    EXPECT_FALSE(parse(text, errors)) << mistake.to.str();
    EXPECT_NE(errors.find(mistake.words.str()), std::string::npos) << mistake.to.str() << ": " << errors;
    EXPECT_NE(errors.find("E190"), std::string::npos);
  }
}

/// Sizes whose product is 0 in 64 bits, or which overflow them, touch no fewer elements for that.
TEST(ProgramText, SizesBeyondAllNumbersAreRefused) {
  constexpr llvm::StringLiteral kSteps[] = {
      "batch_gemm y <- x, x {batch=4294967296, m=4294967296, n=1, k=1, a_row=0, b_row=0}",
      "batch_gemm y <- x, x {batch=3, m=1, n=1, k=1, a_step=9223372036854775807, b_step=0, a_row=0, b_row=0}",
      "concat y <- x, x {outer=4294967296, runs=[4294967296,4294967296]}",
      "conv y <- x, x {n=1073741824, groups=1, ci=1, co=1, x=[131072,131072], y=[1,1], kernel=[1,1]}",
      "conv y <- x, x {n=4294967296, groups=1, ci=1, co=4294967296, x=[1,1], y=[1,1], kernel=[1,1]}",
      "conv y <- x, x {n=1, groups=1, ci=4294967296, co=4294967296, x=[1,1], y=[1,1], kernel=[1,1], packed=true}",
      "copy y <- x {sizes=[4294967296,4294967296], strides=[0,0]}",
      "copy y <- x {sizes=[3], strides=[9223372036854775807]}",
      "copy y <- x {sizes=[3], strides=[-9223372036854775808]}",
      "copy y <- x {sizes=[1], strides=[1], offset=-1}",
      "embed y <- x, i {op=\"gather\", count=4294967296, cols=4294967296, vocab=1}",
      "gemm y <- x, x {m=4294967296, n=4294967296, k=1, a_row=0, b_row=0, b_col=0}",
      "gemm y <- x, x {m=3, n=1, k=1, a_row=9223372036854775807, b_row=1}",
      "gemm y <- x, x {m=1, n=4294967296, k=4294967296, a_row=1, a_col=0, b_row=1, packed=true}",
      "gemm y <- x, x {m=16, n=1, k=1, a_row=1, a_col=9223372036854775807, b_row=1}",
      "batch_gemm y <- x, x {batch=1, m=16, n=1, k=1, a_row=1, b_step=9223372036854775807}",
      "copy y <- x {sizes=[16,1], strides=[1,-9223372036854775807]}",
      "map y <- x {count=16} do (periodic(4294967296,4294967296)) { out0 = in0 }",
      "map y <- x {count=16} do (periodic(1152921504606846976,16)) { out0 = in0 }",
      "conv y <- x, x {x=[4,4], y=[1,16], kernel=[2,1], dilation=[16384,1], stride=[1,32768]}",
      "conv y <- x, x {op=\"grad_input\", ci=16, x=[1,1], y=[1,1], kernel=[2,1], dilation=[16384,1], "
      "padding=[16384,32768], "
      "co=8}",
      "conv y <- x, x {op=\"grad_weight\", ci=16, x=[1,1], y=[2,8], kernel=[1,1], stride=[32768,32768]}",
      "pool y <- x {op=\"max\", x=[4,4], y=[4,4], kernel=[1,1], stride=[1099511627775,1], padding=[0,0]}",
      "pool y <- x {op=\"avg\", x=[4,4], y=[4,4], kernel=[1048576,1048576], stride=[1,1], padding=[0,0]}",
      "one_hot y <- i {rows=4294967296, cols=4294967296}",
      "pack y <- x {k=4294967296, n=4294967296, b_row=0, b_col=0}",
      "pack_conv y <- x {groups=4294967296, ci=4294967296, co=16, kernel=[1,1]}",
      "pick y <- x, i {rows=4294967296, cols=4294967296}",
      "pool y <- x {op=\"max\", planes=4294967296, x=[65536,65536], y=[1,1], kernel=[1,1], stride=[1,1], "
      "padding=[0,0]}",
      "reduce y <- x {outer=4294967296, reduce=4294967296, inner=1}",
      "rows y <- x {op=\"softmax\", rows=4294967296, cols=4294967296}"};
  for (llvm::StringRef step : kSteps) {
    std::string errors,
        text = "program @p dtype=f32 isa=scalar {\n  buffer x input \"x\" f32[16]\n  buffer i input \"i\" i32[16]\n"
               "  buffer y output \"y\" f32[16]\n  step {\n    0: " +
               step.str() + "\n  }\n}\n";
    EXPECT_FALSE(parse(text, errors)) << step.str();
    EXPECT_TRUE(errors.find("too large for memory") != std::string::npos ||
                errors.find("elements are touched") != std::string::npos ||
                errors.find("in front of its source") != std::string::npos ||
                errors.find("beyond 32768") != std::string::npos ||
                errors.find("beyond 2147483647 elements") != std::string::npos)
        << step.str() << '\n'
        << errors;
  }
}

TEST(ProgramText, EveryMistakeIsRefused) {
  static constexpr Mistake kMistakes[] = {
      {"program @", "graph @", "expected 'program'"},
      {"dtype=f32", "dtype=i32", "f32 or f64"},
      {"dtype=f32", "dtype=f64", "in a program of f64"},
      {"isa=scalar", "isa=neon", "unknown instruction set 'neon'"},
      {"isa=scalar", "speed=9", "unknown property"},
      {"isa=scalar", "caches=[32768]", "expected ','"},
      {"isa=scalar", "caches=[32768,-1]", "a negative size"},
      {"buffer u temp", "buffer u tmp", "unknown role"},
      {"buffer u temp", "buffer h temp", "a name of its own"},
      {"u temp f32[4,5]", "u temp f32[0]", "expected a type"},
      {"u temp f32[4,5]", "u temp f32[4,5] live=[1", "expected ','"},
      {"u temp f32[4,5]", "u temp f32[5,5]", "only 20 elements are written"},
      {"g temp f32[5,5]", "g temp f32[1099511627776]", "too large for memory"},
      {"\"linear1.bias\"", "\"linear1.weight\"", "two buffers are the param \"linear1.weight\""},
      {"\"linear1.bias\"", "\"linear1.bias", ""},
      {"init {", "init", "expected '{'"},
      {"2: random", "random", "expected a number"},
      {"2: random", "2: normal", "unknown kernel family 'normal'"},
      {"u <- count", "u count", "expected '<-'"},
      {"u <- count", "u <- counter", "unknown buffer 'counter'"},
      {"seed=7", "sed=7", "no attribute 'sed'"},
      {"seed=7", "seed=7.5", "no value for 'seed'"},
      {"stream=3}", "stream=3", ""},
      {"stream=3}", "stream=4294967296}", "32 bits"},
      {"stream=3}", "stream=-1}", "32 bits"},
      {"op=\"cross_entropy\"", "op=\"crossing\"", "'\"crossing\"' is no value for 'op': \"softmax\", "},
      {"count=20} do (full, full, row", "count=20000} do (full, full, row", "elements are touched"},
      {"{count=5}", "{}", "below 1"},
      {"do (acc, row(5)) { r0 = add", "do (row(5), acc) { r0 = add", "first input or none"},
      {"do (full, full) {", "do (full) {", "neither a number nor an input"},
      {"do (full, full) {", "do (full, full, full) {", "inputs of the code are not its reads"},
      {"do (full, full) {", "do (acc, full) {", "no other"},
      {"periodic(4,5)", "periodic(0,5)", "at least 1"},
      {"r1 = exp(r0)", "r1 = expo(r0)", "unknown operation 'expo'"},
      {"r1 = exp(r0)", "r2 = exp(r0)", "numbered from r0"},
      {"r1 = exp(r0)", "r1 = exp(r1)", "neither"},
      {"1e-08); out0", "1e-08), out0", "expected ';'"},
      {"out0 = r7 }", "out1 = r7 }", "numbered from out0"},
      {"out0 = r7 }", "r8 = neg(r7) }", "without an output"},
      {"out0 = r7 }", "out0 = r7 } more", "unexpected text"},
      {"sizes=[5,4], strides=[1,5]", "sizes=[5,4], strides=[1]", "as many"},
      {"sizes=[5,4], strides=[1,5]", "sizes=[5,4], strides=[-1,5]", "in front"},
      {"sizes=[5,4], strides=[1,5]", "sizes=[5,4], strides=[1,6]", "elements are touched"},
      {"rows p, loss <- d, target", "rows p, loss <- d, u", "wanted i32"},
      {"pick picked <- p, target", "pick picked <- p", "wrong number of operands"},
      {"map d <- h, u", "map d <- h, top", "read before it is written"},
      {"map top <- hot", "map d <- hot", "written twice"},
      {"buffer d temp", "buffer d input", "input 'd' is written"},
      {"buffer picked temp", "buffer picked const", "written in the step"},
      {"map one <- {", "map m <- {", "written in init"},
      {"gemm g <- t, d, m", "gemm t <- t, d, m", ""},
      {"{m=4, n=5, k=6, a_row=6", "{m=4, n=5, k=6, a_row=7", "elements are touched"},
      {"a_row=6, b_row=1", "a_row=6, packed=true, b_row=1", ""},
      {"row(5)) { r0 = add(in0, in1); r1 = max", "row(6)) { r0 = add(in0, in1); r1 = max", "elements are touched"},
  };
  expectRefused(soundProgram(), kMistakes);
}

// Weights of convolutions that are packed beforehand, in both directions.
constexpr llvm::StringLiteral kConvs = R"(program @convs dtype=f32 isa=scalar {
  buffer x input "input" f32[1,2,8,8]
  buffer w param "conv1.weight" f32[6,2,3,3]
  buffer o param "conv2.weight" f32[2,1,3,3]
  buffer w.strips const f32[108]
  buffer w.strips2 const f32[108]
  buffer c temp f32[1,6,4,4]
  buffer y output "y" f32[1,2,8,8]
  buffer z output "z" f32[1,2,8,8]
  init {
    0: pack_conv w.strips <- w {ci=2, co=6, kernel=[3,3]}
    1: pack_conv w.strips2 <- w {op="grad_input", ci=2, co=6, kernel=[3,3], stride=[2,2]}
  }
  step {
    2: conv c <- x, w.strips {ci=2, co=6, x=[8,8], y=[4,4], kernel=[3,3], stride=[2,2], padding=[1,1], packed=true}
    3: conv y <- c, w.strips2 {op="grad_input", ci=2, co=6, x=[8,8], y=[4,4], kernel=[3,3], stride=[2,2], padding=[1,1], packed=true}
    4: conv z <- x, o {groups=2, x=[8,8], y=[8,8], kernel=[3,3], padding=[1,1]}
  }
}
)";

TEST(ProgramText, PackedConvolutions) {
  std::string errors;
  auto program = parse(kConvs, errors);
  ASSERT_TRUE(program) << errors;
  EXPECT_EQ(toString(*program), kConvs);
  static constexpr Mistake kMistakes[] = {
      {"w.strips const f32[108]", "w.strips const f32[107]", "108 elements are touched"},
      {"param \"conv1.weight\" f32[6", "param \"conv1.weight\" f32[5", "108 elements are touched"},
      {"<- w {ci=2", "<- w {op=\"grad_weight\", ci=2", "read in place"},
      {"<- w {ci=2", "<- w {op=\"backward\", ci=2",
       "is no value for 'op': \"forward\", \"grad_input\" or \"grad_weight\""},
      {"<- w {ci=2, co=6", "<- w {ci=18, co=1", "read in place"},
      {"<- w {ci=2, co=6", "<- w {ci=0, co=6", "below 1"},
      {"<- w {ci=2, co=6", "<- w {ci=549755813887, co=549755813887", "too large for memory"},
      {"co=6, kernel=[3,3]}", "co=6, kernel=[3]}", "not pairs"},
      {"co=6, kernel=[3,3]}", "co=6, kernel=[0,3]}", "below 1"},
      {"co=6, kernel=[3,3]}", "co=6, kernel=[3,3], dilation=[1,32769]}", "beyond 32768"},
      {"kernel=[3,3], padding=[1,1]}", "kernel=[3,3], padding=[1,1], packed=true}", "read in place"},
      {"c <- x, w.strips", "c <- x, o", "108 elements are touched"},
  };
  expectRefused(kConvs, kMistakes);
}

// Cut anywhere, it is an error and never a crash; so it is with any byte replaced, or else it still round-trips.
TEST(ProgramText, SurvivesDamage) {
  std::string whole = soundProgram();
  for (size_t cut = 0; cut + 2 < whole.size(); cut += 7) {
    std::string errors;
    EXPECT_FALSE(parse(whole.substr(0, cut), errors)) << cut;
  }
  for (size_t at = 0; at < whole.size(); at += 3)
    for (char c : {'\0', '}', '"', '9', '\xff', '\n'}) {
      std::string text = whole, errors;
      text[at] = c;
      if (auto program = parse(text, errors)) {
        std::string printed = toString(*program);
        auto again = parse(printed, errors);
        ASSERT_TRUE(again) << printed;
        EXPECT_EQ(toString(*again), printed);
      }
    }
}

TEST(Families, AreFoundByName) {
  for (const InstrDef *def : instrDefs()) {
    EXPECT_EQ(findInstrDef(def->name), def);
    EXPECT_TRUE(def->verify && def->call && def->attrs && !def->doc.empty());
  }
  EXPECT_EQ(findInstrDef("none"), nullptr);
}

} // namespace
