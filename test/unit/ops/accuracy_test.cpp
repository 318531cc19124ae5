// The smooth activations as nets run them, lowered and on every instruction set, against the C library in double
// precision: at most 2 units in the last place over all floats. The long form takes every one of the 2^32; the short
// form a dense sample. What cancels in textbook formulas of losses is looked at one by one.
#include "dlc/ir/exact_math.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/text.h"
#include "dlc/lower/lower.h"
#include "dlc/lower/passes.h"
#include "dlc/ops/ops.h"
#include "dlc/passes/passes.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

using namespace dlc;

namespace {

const Registry &registry() {
  static const Registry all(ops::all());
  return all;
}

double sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }
double mishGate(double x) {
  const double e = std::exp(std::min(x, 40.0)), n = e * (e + 2);
  return n / (n + 2);
}
double normalCdf(double x) {
  const double z = std::fabs(x) * 0.70710678118654752440;
  return x < 0 ? std::erfc(z) / 2 : 1 - std::erfc(z) / 2;
}
template <double gate(double)> double gated(double x) { return std::isinf(x) && x < 0 ? 0 : x * gate(x); }
double softplus(double x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); }
double elu(double x) { return x > 0 ? x : std::expm1(x); }
double selu(double x) { return 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * std::expm1(x)); }

struct Function {
  const char *op;
  double (*library)(double);
};
constexpr Function kFunctions[] = {{"sigmoid", sigmoid},
                                   {"tanh", std::tanh},
                                   {"softplus", [](double x) { return std::isnan(x) ? x : softplus(x); }},
                                   {"elu", elu},
                                   {"selu", selu},
                                   {"gelu", gated<normalCdf>},
                                   {"silu", gated<sigmoid>},
                                   {"mish", gated<mishGate>},
                                   {"exp", std::exp},
                                   {"log", std::log},
                                   {"expm1", std::expm1},
                                   {"log1p", std::log1p},
                                   {"erf", std::erf}};

/// Units in the last place of the rounded result, subnormal spacing below the normals.
double ulps(float got, double want) {
  const auto rounded = static_cast<float>(want);
  if (rounded == got || (std::isnan(rounded) && std::isnan(got)))
    return 0;
  if (!std::isfinite(rounded) || !std::isfinite(got))
    return 1e9;
  int exponent;
  std::frexp(want, &exponent);
  return std::fabs(static_cast<double>(got) - want) / std::ldexp(1.0, std::max(exponent, -125) - 24);
}

/// An op of one operand, compiled for an instruction set.
class Compiled {
public:
  Compiled(llvm::StringRef op, size_t count, kernels::Isa isa) : team(1) {
    auto graph = parseExample((op + "(f32[" + llvm::Twine(count) + "])").str(), registry(), DType::F32);
    std::string failure;
    EXPECT_TRUE(runPasses(*graph, "infer,simplify,expand,simplify,cse,dce", {registry()}, {true}, failure)) << failure;
    Program program = lowerGraph(*graph, registry(), {isa, DType::F32});
    for (const char *pass : {"fuse", "hoist", "plan"})
      findProgramPass(pass)->run(program);
    for (const Buffer &buffer : program.buffers) {
      if (buffer.role == BufferRole::Input)
        from = buffer.external;
      if (buffer.role == BufferRole::Output)
        to = buffer.external;
    }
    auto made = Executor::create(
        program, [&](const Buffer &b) -> Tensor & { return params.try_emplace(b.name, b.type).first->second; }, team);
    EXPECT_TRUE(made.ok());
    executor = *std::move(made);
    executor->runInit();
  }
  std::span<float> input() { return executor->inputSpan<float>(from); }
  std::span<const float> run() {
    executor->runStep();
    return executor->outputSpan<float>(to);
  }

private:
  ThreadTeam team;
  std::map<std::string, Tensor> params;
  std::string from, to;
  std::unique_ptr<Executor> executor;
};

struct Worst {
  double ulps = 0;
  float at = 0;
};

/// Every `stride`-th float of one part of many.
Worst sweep(const Function &f, kernels::Isa isa, uint64_t stride, uint64_t part, uint64_t parts) {
  constexpr size_t kCount = 1 << 16;
  Compiled compiled(f.op, kCount, isa);
  Worst worst;
  const uint64_t total = ((uint64_t{1} << 32) + stride - 1) / stride;
  for (uint64_t begin = total * part / parts, end = total * (part + 1) / parts; begin < end; begin += kCount) {
    std::span<float> x = compiled.input();
    for (size_t i = 0; i < kCount; ++i)
      x[i] = fromBits<float>(static_cast<uint32_t>((begin + i) * stride));
    std::span<const float> y = compiled.run();
    for (size_t i = 0; i < kCount; ++i)
      if (double off = ulps(y[i], f.library(static_cast<double>(x[i]))); off > worst.ulps)
        worst = {off, x[i]};
  }
  return worst;
}

class Accuracy : public testing::TestWithParam<Function> {};
INSTANTIATE_TEST_SUITE_P(Functions, Accuracy, testing::ValuesIn(kFunctions),
                         [](const auto &info) { return std::string(info.param.op); });

TEST_P(Accuracy, TwoUlpOnEveryInstructionSet) {
  for (kernels::Isa isa : kernels::kIsas) {
    if (!kernels::supported(isa))
      continue;
    const Worst worst = sweep(GetParam(), isa, 24593, 0, 1);
    EXPECT_LE(worst.ulps, 2) << GetParam().op << " of " << worst.at << " on " << kernels::name(isa);
  }
}

TEST_P(Accuracy, TwoUlpOverAllFloats) {
  const bool all = std::getenv("DLC_LONG_TESTS");
  const unsigned parts = all ? std::max(1u, std::thread::hardware_concurrency()) : 1;
  std::vector<Worst> worst(parts);
  std::vector<std::thread> threads;
  for (unsigned p = 0; p < parts; ++p)
    threads.emplace_back([&, p] { worst[p] = sweep(GetParam(), kernels::best(), all ? 1 : 2003, p, parts); });
  for (std::thread &thread : threads)
    thread.join();
  for (const Worst &w : worst)
    EXPECT_LE(w.ulps, 2) << GetParam().op << " of " << w.at;
}

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
