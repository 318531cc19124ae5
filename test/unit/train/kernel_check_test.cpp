// Kernel checks: kernels that are right pass on every instruction set, and a wrong one is found: by a lowering that is
// wrong on purpose, and by single numbers that somebody changed. What `dlc test` prints is in ../../cli/test_*.test.
#include "dlc/train/kernel_check.h"

#include "dlc/compile/compile.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ops/ops.h"
#include "dlc/passes/pipeline.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace dlc;
using namespace dlc::train;

namespace {

constexpr llvm::StringLiteral kNet = R"(graph @train stage=graph {
  %x = input() {name="input", shape=[5,3]}
  %t = input() {name="target", shape=[5,2]}
  %lr = input() {name="lr"}
  %w = param() {name="w", shape=[2,3]}
  %b = param() {name="b", shape=[2]}
  %h = linear(%x, %w, %b)
  %a = abs(%h)
  %l = mse(%a, %t)
  output(%a) {name="output"}
  output(%l) {name="loss"}
  minimize(%l, %lr) {optimizer="sgd", settings="momentum=0.9"}
}
)";

std::unique_ptr<Graph> netIn(const Registry &registry) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("train.ir", kNet.str()), registry, diags);
  EXPECT_TRUE(graph);
  for (Op &op : graph->ops())
    op.setOrigin({{}, op.origin().text});
  EXPECT_TRUE(runPasses(*graph, "infer,autodiff", {registry}).ok());
  return graph;
}

Tensor numbers(const Type &type, double first, double step) {
  Tensor tensor(type);
  for (float &x : tensor.span<float>())
    x = static_cast<float>(first), first += step;
  return tensor;
}

/// Two steps of the net: on the interpreter, and compiled for `isa`.
struct Net {
  explicit Net(const Registry &registry) : plain(netIn(registry)), primitive(plain->clone()) {
    EXPECT_TRUE(runPasses(*primitive, "simplify,cse,dce,expand,simplify,cse,dce", {registry}).ok());
    steps.graph = plain.get();
    steps.params = {{"w", numbers({DType::F32, {2, 3}}, -0.7, 0.3)}, {"b", numbers({DType::F32, {2}}, 0.1, -0.4)}};
    for (double at : {-2.0, 1.0})
      steps.inputs.push_back({{"input", numbers({DType::F32, {5, 3}}, at, 0.19)},
                              {"target", numbers({DType::F32, {5, 2}}, at, 0.31)},
                              {"lr", numbers({DType::F32, {}}, 0.125, 0)}});
    expected = valuesAfter(steps, *interpret(*plain, registry));
  }
  std::unique_ptr<GraphRunner> compiled(kernels::Isa isa) {
    auto runner = compileGraph(*primitive, {.isa = isa}, team);
    EXPECT_TRUE(runner.ok()) << runner.status();
    return *std::move(runner);
  }
  std::unique_ptr<Graph> plain, primitive;
  Steps steps;
  std::vector<NamedTensors> expected;
  ThreadTeam team{2};
};

/// The table of ops with one that kernels get wrong.
Registry withWrongAbs() {
  static OpDef wrong = *compile::registry().find("abs");
  wrong.lower = compile::registry().find("neg")->lower;
  std::vector<const OpDef *> defs;
  for (const OpDef *def : ops::all())
    defs.push_back(def->name == "abs" ? &wrong : def);
  return Registry(defs);
}

TEST(KernelCheck, RightKernelsGiveTheBitsOfTheInterpreter) {
  Net net(compile::registry());
  for (kernels::Isa isa : kernels::isas()) {
    if (!kernels::supported(isa) || !promisesBits(isa))
      continue;
    const KernelCheck check = checkKernels(net.steps, *net.compiled(isa), net.expected);
    EXPECT_TRUE(check.differences.empty()) << isa->name << " " << check.differences.front().tensor;
    EXPECT_EQ(check.tensors, 6); // output, loss, w, b, and the velocity of both
    EXPECT_EQ(check.numbers, 10 + 1 + 2 * (6 + 2));
    EXPECT_GT(check.largest, 0.1);
  }
}

TEST(KernelCheck, AWrongKernelIsFound) {
  const Registry registry = withWrongAbs();
  Net net(registry);
  const KernelCheck check = checkKernels(net.steps, *net.compiled(kernels::kScalar), net.expected);
  std::vector<std::string> names;
  for (const KernelDifference &difference : check.differences) {
    names.push_back(difference.tensor);
    EXPECT_EQ(difference.step, 1);
    if (difference.tensor != "output")
      continue;
    EXPECT_EQ(difference.type.shape, (Shape{5, 2}));
    EXPECT_EQ(difference.kernels, -difference.interpreter);
    EXPECT_GT(difference.interpreter, 0);
  }
  EXPECT_TRUE(std::find(names.begin(), names.end(), "output") != names.end());
  EXPECT_TRUE(std::find(names.begin(), names.end(), "w") != names.end());
}

TEST(KernelCheck, OneBitInTheSecondStepIsFound) {
  Net net(compile::registry());
  for (auto &[name, tensor] : net.expected[1])
    if (name == "w")
      tensor.span<float>()[4] = std::nextafter(tensor.span<float>()[4], 10.0F);
  const KernelCheck check = checkKernels(net.steps, *net.compiled(kernels::kScalar), net.expected);
  ASSERT_EQ(check.differences.size(), 1U);
  const KernelDifference &difference = check.differences.front();
  EXPECT_EQ(difference.tensor, "w");
  EXPECT_EQ(difference.step, 2);
  EXPECT_EQ(difference.differ, 1);
  EXPECT_EQ(difference.index, 4);
  EXPECT_NE(difference.kernels, difference.interpreter);
  EXPECT_NEAR(difference.kernels, difference.interpreter, 1e-6);
}

/// Hands out what it was given.
class Fixed : public GraphRunner {
public:
  explicit Fixed(Tensor value) : value(std::move(value)) {}
  void setInput(llvm::StringRef, const Tensor &) override {}
  Tensor &param(llvm::StringRef) override { return value; }
  void run() override {}
  Tensor output(llvm::StringRef) override { return value; }

private:
  Tensor value;
};

TEST(KernelCheck, ZerosHaveSignsAndEveryNanIsOne) {
  std::unique_ptr<Graph> graph = parseExample("abs(f32[3])", compile::registry(), DType::F32);
  const std::string output = "y0";
  Steps steps{.graph = graph.get(), .params = {}, .inputs = {{}}};
  auto compared = [&](std::vector<float> kernels, std::vector<float> interpreter, double bound) {
    Tensor ours({DType::F32, {3}}), theirs({DType::F32, {3}});
    std::copy(kernels.begin(), kernels.end(), ours.span<float>().begin());
    std::copy(interpreter.begin(), interpreter.end(), theirs.span<float>().begin());
    Fixed runner(std::move(theirs));
    const std::vector<NamedTensors> expected = valuesAfter(steps, runner);
    EXPECT_EQ(expected.at(0).size(), 1U);
    Fixed other(std::move(ours));
    const KernelCheck check = checkKernels(steps, other, expected, bound);
    return check.differences.empty() ? 0 : check.differences.front().differ;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(compared({0, 1, 2}, {0, 1, 2}, 0), 0);
  EXPECT_EQ(compared({-0.0F, 1, 2}, {0, 1, 2}, 0), 1);
  EXPECT_EQ(compared({-nan, 1, 2}, {nan, 1, 2}, 0), 0);
  EXPECT_EQ(compared({nan, 1, nan}, {0, 1, 2}, 0), 2);
  EXPECT_EQ(compared({nan, 1, 2}, {0, 1, 2}, 1e-2), 1);
  EXPECT_EQ(compared({0, 1.01F, 2}, {0, 1, 2}, 1e-2), 0);
  EXPECT_EQ(compared({0, 1.03F, 2}, {0, 1, 2}, 1e-2), 1);
}

TEST(CompiledGraph, RefusesMoreMemoryThanAllowed) {
  Net net(compile::registry());
  auto runner = compileGraph(*net.primitive, {.isa = kernels::kScalar, .maxMemory = 100}, net.team);
  EXPECT_EQ(runner.status().code(), absl::StatusCode::kResourceExhausted);
}

} // namespace
