// Random graphs through random pipelines: whatever passes run, in whatever order, the program computes what the
// interpreter computes of the graph as it was written. And at every stage the text reads back to the same text.
#include "../ops/registry.h"
#include "random_graphs.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/running_mean.h"
#include "dlc/ir/verifier.h"
#include "dlc/lower/lower.h"
#include "dlc/passes/pipeline.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace dlc;
using namespace dlc::test;

namespace {

/// Ten thousand where the long form is asked for.
uint32_t graphs(uint32_t few) { return std::getenv("DLC_LONG_TESTS") ? few * 40 : few; }

Tensor numbersFor(llvm::StringRef name, const Type &type) {
  uint32_t stream = 0;
  for (char c : name)
    stream = stream * 31 + static_cast<unsigned char>(c);
  Tensor tensor(type);
  dispatchFloat(type.dtype, [&](auto zero) {
    using T = decltype(zero);
    uint64_t e = 0;
    for (T &x : tensor.span<T>())
      x = name == "lr" ? T(0.125) : updateScalar(name, 1) ? T(1.25) : exactUniform<T>(3, stream, 0, e++) - T(0.5);
  });
  return tensor;
}

using Results = std::map<std::string, Tensor>;

/// Two steps, so that what a step leaves behind takes part.
constexpr int kSteps = 2;

Results interpret(const Graph &graph) {
  Interpreter run(graph, registry());
  Results results;
  for (const Op &op : graph.ops()) {
    if (op.name() == "input")
      run.input(op.attrs<InputAttrs>().name) = numbersFor(op.attrs<InputAttrs>().name, op.type());
    if (op.name() == "param" && op.attrs<ParamAttrs>().slot.empty())
      run.param(op.attrs<ParamAttrs>().name) = numbersFor(op.attrs<ParamAttrs>().name, op.type());
  }
  for (int i = 0; i < kSteps; ++i)
    run.run();
  for (const Op &op : graph.ops()) {
    if (op.name() == "output")
      results.insert_or_assign(op.attrs<OutputAttrs>().name, run.output(op.attrs<OutputAttrs>().name));
    if (op.name() == "param")
      results.insert_or_assign(op.attrs<ParamAttrs>().name, run.param(op.attrs<ParamAttrs>().name));
  }
  return results;
}

Results execute(const Program &program, unsigned threads) {
  ThreadTeam team(threads);
  Results results;
  auto executor = Executor::create(
      program,
      [&](const Buffer &b) -> Tensor & {
        Tensor fresh = b.role == BufferRole::Param ? numbersFor(b.external, b.type) : Tensor(b.type);
        return results.try_emplace(b.external, std::move(fresh)).first->second;
      },
      team);
  EXPECT_TRUE(executor.ok());
  for (const Buffer &b : program.buffers)
    if (b.role == BufferRole::Input) {
      Tensor numbers = numbersFor(b.external, b.type);
      std::memcpy((*executor)->input(b.external), numbers.data(), numbers.bytes());
    }
  (*executor)->runInit();
  for (int i = 0; i < kSteps; ++i)
    (*executor)->runStep();
  for (const Buffer &b : program.buffers)
    if (b.role == BufferRole::Output) {
      Tensor out(b.type);
      std::memcpy(out.data(), (*executor)->output(b.external), out.bytes());
      results.insert_or_assign(b.external, std::move(out));
    }
  return results;
}

/// The largest difference of any element, as a share of the largest element (at least 1: values here are about that
/// large).
double difference(const Tensor &a, const Tensor &b) {
  return dispatchFloat(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    double largest = 1, worst = 0;
    auto x = a.span<T>(), y = b.span<T>();
    for (size_t i = 0; i < x.size(); ++i) {
      largest = std::max(largest, std::fabs(double(x[i])));
      worst = std::max(worst, x[i] == y[i] ? 0 : std::fabs(double(x[i]) - double(y[i])));
    }
    return worst / largest;
  });
}

std::unique_ptr<Graph> parsed(const std::string &text) {
  Sources sources;
  Diags diags(sources);
  return parseGraph(sources.add("random.ir", text), registry(), diags);
}

void expectRoundTrip(const Graph &graph) {
  std::string text = toString(graph);
  std::unique_ptr<Graph> back = parsed(text);
  ASSERT_TRUE(back) << text;
  ASSERT_EQ(toString(*back), text);
}

void expectRoundTrip(const Program &program) {
  std::string text = toString(program);
  Sources sources;
  Diags diags(sources);
  auto back = parseProgram(sources.add("random.program", text), diags);
  ASSERT_TRUE(back) << text;
  ASSERT_EQ(toString(*back), text);
}

struct RandomPasses {
  std::string graph, program;
  bool exact = true; ///< no sum is reordered
};

/// Passes in any order and number; what must be there is put where it must stand.
RandomPasses randomPipeline(std::mt19937 &random) {
  static constexpr llvm::StringLiteral kAny[] = {"simplify", "cse", "dce", "recompute", "expand", "fold_batch_norm"};
  auto below = [&](size_t n) { return random() % n; };
  RandomPasses result{"infer,autodiff", "", true};
  for (size_t n = below(7); n > 0; --n) {
    llvm::StringRef pass = kAny[below(std::size(kAny))];
    result.graph += "," + pass.str();
    result.exact &= pass != "fold_batch_norm";
  }
  result.graph += ",expand";
  for (size_t n = below(4); n > 0; --n)
    result.program += below(2) ? "fuse," : "hoist,";
  result.program += "plan";
  return result;
}

TEST(RandomGraphs, AnyPipelineComputesWhatTheInterpreterComputes) {
  size_t trained = 0, inexact = 0, compared = 0;
  std::map<std::string, unsigned> hits;
  for (uint32_t seed = 0; seed < graphs(250); ++seed) {
    std::mt19937 random(seed);
    DType dtype = seed % 2 ? DType::F32 : DType::F64;
    RandomGraph made(seed, dtype, registry());
    trained += made.trains;
    std::unique_ptr<Graph> meaning = made.graph.clone();
    ASSERT_TRUE(runPasses(*meaning, "infer,autodiff", {registry()}).ok()) << seed;
    Results expected = interpret(*meaning);
    for (bool plain : {true, false}) {
      RandomPasses pipeline = plain ? RandomPasses{"infer,autodiff,expand", "plan", true} : randomPipeline(random);
      std::string where = "graph " + std::to_string(seed) + " through " + pipeline.graph + ",lower," + pipeline.program;
      std::unique_ptr<Graph> graph = made.graph.clone();
      PipelineOptions options;
      options.verifyEach = true;
      ASSERT_TRUE(runPasses(*graph, pipeline.graph, {registry(), nullptr, &hits}, options).ok()) << where;
      Program program = lowerGraph(*graph, registry(), {seed % 3 ? kernels::best() : kernels::kScalar, dtype});
      const Pipeline onProgram = Pipeline::of(pipeline.program);
      for (const Pass *pass : onProgram.passes()) {
        pass->onProgram(program, {registry()});
        ASSERT_EQ(verifyProgram(program), "") << where << ", after " << pass->name.str();
      }
      if (!program.isa->fuses)
        continue; // rounds its products
      Results actual = execute(program, 1 + seed % 2);
      double bound = pipeline.exact ? 0 : dtype == DType::F64 ? 1e-12 : 1e-4;
      inexact += !pipeline.exact;
      for (auto &[name, tensor] : actual) {
        ASSERT_TRUE(expected.count(name)) << where << ": " << name;
        ASSERT_LE(difference(expected.at(name), tensor), bound) << where << ": " << name << "\n"
                                                                << toString(made.graph);
        ++compared;
      }
    }
  }
  EXPECT_GT(trained, 50u);
  EXPECT_GT(inexact, 50u);
  EXPECT_GT(compared, 1000u);
  for (const char *rule :
       {"cse", "dce", "recompute", "fold-scale", "fold-shift", "fold-constants", "transpose-into-matmul"})
    EXPECT_GT(hits[rule], 0u) << rule;
}

TEST(RandomGraphs, ReadBackToTheSameTextAtEveryStage) {
  for (uint32_t seed = 0; seed < graphs(100); ++seed) {
    RandomGraph made(seed, seed % 2 ? DType::F64 : DType::F32, registry());
    expectRoundTrip(made.graph);
    std::optional<Program> program;
    for (const Pass *pass : (seed % 3 ? leanTrainPipeline() : inferPipeline()).passes()) {
      if (seed % 3 == 0 && made.trains)
        break; // an inference pipeline leaves minimize in place
      ASSERT_TRUE(runPipeline({&made.graph, program}, Pipeline(pass), {registry()}).ok()) << seed;
      if (program)
        expectRoundTrip(*program);
      else
        expectRoundTrip(made.graph);
      ASSERT_FALSE(HasFatalFailure()) << seed << " after " << pass->name.str();
    }
  }
}

} // namespace
