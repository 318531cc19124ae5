// The smooth activations and losses as nets run them, lowered, against the C library in double precision: at most 2
// units in the last place over all floats, and the same bits on every instruction set that fuses multiply-adds. The
// long form takes every one of the 2^32 on the best set; the others and the short form have dense samples. What cancels
// in textbook formulas of losses is looked at one by one.
#include "registry.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/lower.h"
#include "dlc/passes/pipeline.h"
#include "dlc/runtime/executor.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <thread>

using namespace dlc;

namespace {

// Half of all floats are beyond 100, where the C library's functions take their time to underflow in double: what
// rounds to the same float is asked for instead.
double expOf(double x) { return std::exp(std::clamp(x, -700.0, 700.0)); }
double expm1Of(double x) { return std::expm1(std::clamp(x, -1e300, 700.0)); }
double sigmoid(double x) {
  const double e = expOf(-std::fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
double mishGate(double x) {
  const double e = expOf(std::min(x, 40.0)), n = e * (e + 2);
  return n / (n + 2);
}
double normalCdf(double x) {
  const double tail = std::erfc(std::min(std::fabs(x) * 0.70710678118654752440, 26.0)) / 2;
  return x < 0 ? tail : 1 - tail;
}
template <double gate(double)> double gated(double x) { return std::isinf(x) && x < 0 ? 0 : x * gate(x); }
double softplus(double x) { return std::isnan(x) ? x : std::fmax(x, 0) + std::log1p(expOf(-std::fabs(x))); }
double elu(double x) { return x > 0 ? x : expm1Of(x); }
double selu(double x) { return 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * expm1Of(x)); }
/// The loss of a sample whose logit is infinite is inf - inf where the formula has both.
double belowInfinity(double loss, double x) { return std::isinf(x) && x > 0 ? std::nan("") : loss; }
double crossEntropyOf0(double x) { return belowInfinity(softplus(x), x); }
double crossEntropyOf1(double x) { return belowInfinity(softplus(-x), x); }
double logSoftmax(double x) { return -crossEntropyOf1(x); }
double bceOf0(double x) { return std::isinf(x) ? std::nan("") : softplus(x); } // has 0 inf as well

/// What an op makes of each float x. Its operand has a row of `columns` numbers for each: zeros, and x the last.
struct Function {
  const char *name, *example; ///< of a block of 65536
  double (*library)(double);
  size_t columns = 1;
  int other = 0; ///< what the second operand is filled with
  const char *result = "y0";
};
constexpr size_t kBlock = 65536;
constexpr Function kFunctions[] = {
    {"sigmoid", "sigmoid(f32[65536])", sigmoid},
    {"tanh", "tanh(f32[65536])", std::tanh},
    {"softplus", "softplus(f32[65536])", softplus},
    {"elu", "elu(f32[65536])", elu},
    {"selu", "selu(f32[65536])", selu},
    {"gelu", "gelu(f32[65536])", gated<normalCdf>},
    {"silu", "silu(f32[65536])", gated<sigmoid>},
    {"mish", "mish(f32[65536])", gated<mishGate>},
    {"exp", "exp(f32[65536])", expOf},
    {"log", "log(f32[65536])", std::log},
    {"expm1", "expm1(f32[65536])", expm1Of},
    {"log1p", "log1p(f32[65536])", std::log1p},
    {"erf", "erf(f32[65536])", std::erf},
    {"sin", "sin(f32[65536])", std::sin},
    {"cos", "cos(f32[65536])", std::cos},
    {"bce_of_0", "bce_each(f32[65536], f32[65536])", bceOf0, 1, 0},
    {"bce_of_1", "bce_each(f32[65536], f32[65536])", crossEntropyOf1, 1, 1},
    {"cross_entropy_of_0", "softmax_cross_entropy(f32[65536,2], i32[65536])", crossEntropyOf0, 2, 0, "y1"},
    {"cross_entropy_of_1", "softmax_cross_entropy(f32[65536,2], i32[65536])", crossEntropyOf1, 2, 1, "y1"},
    {"log_softmax", "log_softmax(f32[65536,2])", logSoftmax, 2}};

/// Units in the last place of the rounded result, subnormal spacing below the normals. Infinity stands where the next
/// float would: a result that overflows too early or too late is as far off as its numbers say.
double ulps(float got, double want) {
  const auto rounded = static_cast<float>(want);
  if (rounded == got || (std::isnan(rounded) && std::isnan(got)))
    return 0;
  if (std::isnan(rounded) || std::isnan(got))
    return 1e9;
  const uint64_t exponent = bitsOf(std::fabs(want)) >> 52, smallest = 1023 - 126;
  const double spacing = fromBits<double>((std::clamp<uint64_t>(exponent, smallest, 1023 + 127) - 23) << 52);
  return std::fabs(std::clamp(static_cast<double>(got), -0x1p128, 0x1p128) - std::clamp(want, -0x1p128, 0x1p128)) /
         spacing;
}

/// An op compiled for an instruction set.
class Compiled {
public:
  Compiled(const Function &f, kernels::Isa isa) : isa(isa), columns(f.columns), result(f.result), team(1) {
    auto graph = parseExample(f.example, registry(), DType::F32);
    EXPECT_TRUE(runPasses(*graph, "infer,simplify,expand,simplify,cse,dce", {registry()}, {true}).ok());
    Program program = lowerGraph(*graph, registry(), {isa, DType::F32});
    EXPECT_TRUE(runPasses(program, "fuse,hoist,plan", {registry()}).ok());
    auto made = Executor::create(
        program, [&](const Buffer &b) -> Tensor & { return params.try_emplace(b.name, b.type).first->second; }, team);
    EXPECT_TRUE(made.ok());
    executor = *std::move(made);
    for (const Buffer &buffer : program.buffers) {
      if (buffer.role != BufferRole::Input)
        continue;
      if (buffer.type.dtype == DType::I32)
        std::ranges::fill(executor->inputSpan<int32_t>(buffer.external), f.other);
      else
        std::ranges::fill(executor->inputSpan<float>(buffer.external),
                          buffer.external == "x0" ? 0 : static_cast<float>(f.other));
    }
    executor->runInit();
  }
  /// The results for a block of numbers, `columns` of which the last counts.
  std::span<const float> run(const std::vector<float> &numbers) {
    std::span<float> x = executor->inputSpan<float>("x0");
    for (size_t i = 0; i < kBlock; ++i)
      x[(i + 1) * columns - 1] = numbers[i];
    executor->runStep();
    return executor->outputSpan<float>(result);
  }
  kernels::Isa isa;

private:
  size_t columns;
  std::string result;
  ThreadTeam team;
  std::map<std::string, Tensor> params;
  std::unique_ptr<Executor> executor;
};

struct Worst {
  double ulps = 0;
  float at = 0;
  /// The last result of each row counts.
  void add(std::span<const float> rows, const std::vector<float> &x, const std::vector<double> &want) {
    const size_t columns = rows.size() / kBlock;
    for (size_t i = 0; i < kBlock; ++i)
      if (double off = ::ulps(rows[(i + 1) * columns - 1], want[i]); off > ulps)
        ulps = off, at = x[i];
  }
};

/// Where two results differ, but in a NaN for a NaN; their size if nowhere.
size_t firstDifference(std::span<const float> a, std::span<const float> b) {
  if (a.size() == b.size() && !std::memcmp(a.data(), b.data(), a.size_bytes()))
    return a.size();
  const auto same = [](float x, float y) { return bitsOf(x) == bitsOf(y) || (std::isnan(x) && std::isnan(y)); };
  return static_cast<size_t>(std::ranges::mismatch(a, b, same).in1 - a.begin());
}

/// Every `stride`-th float of one part of many. Instruction sets that fuse multiply-adds give the same bits; SSE
/// cannot, and is held to the bound only.
Worst sweep(const Function &f, llvm::ArrayRef<kernels::Isa> isas, uint64_t stride, uint64_t part, uint64_t parts) {
  std::vector<std::unique_ptr<Compiled>> compiled;
  for (kernels::Isa isa : isas)
    if (kernels::supported(isa))
      compiled.push_back(std::make_unique<Compiled>(f, isa));
  Worst worst;
  std::vector<float> x(kBlock);
  std::vector<double> want(kBlock);
  const uint64_t total = ((uint64_t{1} << 32) + stride - 1) / stride;
  const uint64_t first = total * part / parts, end = total * (part + 1) / parts;
  // One block more: what no stride meets.
  using Limits = std::numeric_limits<float>;
  constexpr float kEnds[] = {
      0, Limits::infinity(), Limits::quiet_NaN(), Limits::max(), Limits::min(), Limits::denorm_min()};
  for (uint64_t begin = first; begin < end + kBlock; begin += kBlock) {
    for (size_t i = 0; i < kBlock; ++i) {
      const float special = kEnds[i / 2 % std::size(kEnds)];
      x[i] = begin < end ? fromBits<float>(static_cast<uint32_t>((begin + i) * stride)) : i % 2 ? -special : special;
      want[i] = f.library(static_cast<double>(x[i]));
    }
    const std::span<const float> y = compiled.front()->run(x);
    worst.add(y, x, want);
    for (const auto &other : llvm::drop_begin(compiled)) {
      const std::span<const float> also = other->run(x);
      if (!other->isa->fuses)
        worst.add(also, x, want);
      else if (const size_t i = firstDifference(y, also); i < y.size()) {
        ADD_FAILURE() << f.name << " of " << x[i * kBlock / y.size()] << " is " << also[i] << " on " << other->isa->name
                      << " and " << y[i] << " on " << compiled[0]->isa->name;
        return worst;
      }
    }
  }
  return worst;
}

bool isLong() { return std::getenv("DLC_LONG_TESTS"); }

void PrintTo(const Function &f, std::ostream *os) { *os << f.name; }

class Accuracy : public testing::TestWithParam<Function> {};
INSTANTIATE_TEST_SUITE_P(Functions, Accuracy, testing::ValuesIn(kFunctions),
                         [](const auto &info) { return std::string(info.param.name); });

void expectTwoUlp(const Function &f, llvm::ArrayRef<kernels::Isa> isas, uint64_t stride) {
  const unsigned parts = isLong() ? std::max(1u, std::thread::hardware_concurrency()) : 1;
  std::vector<Worst> worst(parts);
  std::vector<std::thread> threads;
  for (unsigned p = 0; p < parts; ++p)
    threads.emplace_back([&, p] { worst[p] = sweep(f, isas, stride, p, parts); });
  for (std::thread &thread : threads)
    thread.join();
  const Worst w = *std::ranges::max_element(worst, {}, &Worst::ulps);
  EXPECT_LE(w.ulps, 2) << "at " << w.at;
  if (isLong())
    std::cout << f.name << ": at most " << w.ulps << " ulp, at " << w.at << std::endl;
}

TEST(Ulps, CountInfinityAsTheNextFloat) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity(), kLargest = std::numeric_limits<float>::max();
  EXPECT_EQ(ulps(kInfinity, 0x1.ffffffp127 - 0x1p100), 0.5 + 0x1p-4);
  EXPECT_EQ(ulps(kLargest, 0x1p130), 1);
  EXPECT_EQ(ulps(-kInfinity, -0x1.fffffep127), 1);
  EXPECT_EQ(ulps(kInfinity, 1e300), 0);
  EXPECT_GT(ulps(kInfinity, 1), 1e9);
  EXPECT_GT(ulps(-kInfinity, kLargest), 1e6);
  EXPECT_EQ(ulps(std::nanf(""), 1), 1e9);
  EXPECT_EQ(ulps(1 + 0x1p-23f, 1), 1);
  EXPECT_EQ(ulps(0x1p-149f, 0), 1);
}

TEST_P(Accuracy, TwoUlpOnEveryInstructionSet) {
  expectTwoUlp(GetParam(), {kernels::isas().begin(), kernels::isas().end()}, isLong() ? 61 : 24593);
}
TEST_P(Accuracy, TwoUlpOverAllFloats) { expectTwoUlp(GetParam(), kernels::best(), isLong() ? 1 : 2003); }

/// What a graph given as an example makes of its inputs, by the interpreter in f32.
double resultOf(llvm::StringRef example, llvm::ArrayRef<std::vector<float>> numbers,
                llvm::ArrayRef<int32_t> classes = {}) {
  auto graph = parseExample(example, registry(), DType::F32);
  Interpreter run(*graph, registry());
  size_t next = 0;
  std::string output;
  for (const Op &op : graph->ops()) {
    if (op.name() == "output" && output.empty())
      output = op.attrs<OutputAttrs>().name;
    if (op.name() != "input")
      continue;
    Tensor &tensor = run.input(op.attrs<InputAttrs>().name);
    if (tensor.dtype() == DType::I32)
      std::copy(classes.begin(), classes.end(), tensor.span<int32_t>().begin());
    else
      std::copy(numbers[next].begin(), numbers[next].end(), tensor.span<float>().begin()), ++next;
  }
  run.run();
  return run.output(output).span<float>()[0];
}

void expectClose(double got, double want, const char *what) {
  EXPECT_LE(std::fabs(got / want - 1), 5e-7) << what << " is " << got << ", not " << want;
}

TEST(Losses, KeepWhatIsSmall) {
  // A confident sample: the loss is all in the other classes.
  for (float lead : {1.0f, 9.0f, 20.0f, 40.0f, 80.0f}) {
    const double rest = 2 * std::exp(-static_cast<double>(lead));
    expectClose(resultOf("cross_entropy(f32[1,3], i32[1])", {{lead, 0, 0}}, {0}), std::log1p(rest), "cross entropy");
    expectClose(resultOf("log_softmax(f32[1,3])", {{lead, 0, 0}}), -std::log1p(rest), "log-softmax");
    expectClose(resultOf("bce(f32[1,1], f32[1,1])", {{lead}, {1}}), std::log1p(rest / 2), "BCE of a true 1");
    expectClose(resultOf("bce(f32[1,1], f32[1,1])", {{-lead}, {0}}), std::log1p(rest / 2), "BCE of a true 0");
    expectClose(resultOf("kl(f32[1,3], f32[1,3])", {{lead, 0, 0}, {1, 0, 0}}), std::log1p(rest), "KL");
  }
  // Two that share the first place, a tie of all, and a target far behind.
  expectClose(resultOf("cross_entropy(f32[1,3], i32[1])", {{30, 30, 0}}, {0}), std::log(2 + std::exp(-30.0)), "a tie");
  expectClose(resultOf("cross_entropy(f32[1,3], i32[1])", {{5, 5, 5}}, {2}), std::log(3.0), "a tie of all");
  expectClose(resultOf("cross_entropy(f32[1,3], i32[1])", {{50, 0, 1}}, {1}), 50 + std::exp(-49.0), "a target behind");
}

} // namespace
