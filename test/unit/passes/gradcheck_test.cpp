// The check of gradients itself: it finds a gradient that is wrong, also among thousands of kinks where the usual step
// of differences sees nothing, and takes no kink for a wrong gradient. Gradients of ops are checked in ../ops.
#include "dlc/passes/gradcheck.h"

#include "dlc/ir/builder.h"
#include "dlc/ir/exact_math.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ops/ops.h"

#include "gtest/gtest.h"

#include <set>

using namespace dlc;

namespace {

/// The sum of relu(w0 x0 + w1 x1) over 4,000 samples: a step of 1e-3 crosses some of its kinks.
constexpr llvm::StringLiteral kKinks = R"(graph @train stage=graph {
  %x = input() {name="input", dtype=f64, shape=[4000,3]}
  %lr = input() {name="lr", dtype=f64}
  %w = param() {name="w", dtype=f64, shape=[1,3]}
  %b = param() {name="b", dtype=f64, shape=[1]}
  %h = linear(%x, %w, %b)
  %a = relu(%h)
  %m = reshape(%a) {shape=[4000]}
  %l = sum(%m) {axes=[0]}
  output(%l) {name="loss"}
  minimize(%l, %lr) {optimizer="sgd", settings=""}
}
)";

std::vector<GradCheckRow> check(const Registry &registry, GradCheckOptions options = {}) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("train.ir", kKinks.str()), registry, diags);
  EXPECT_TRUE(graph);
  NamedTensors values{{"input", Tensor({DType::F64, {4000, 3}})},
                      {"w", Tensor({DType::F64, {1, 3}})},
                      {"b", Tensor({DType::F64, {1}})}};
  for (uint32_t stream = 0; auto &[name, tensor] : values) {
    ++stream;
    uint64_t e = 0;
    for (double &x : tensor.span<double>())
      x = exactUniform<double>(3, stream, 0, e++) - 0.5;
  }
  options.step = 1e-3;
  return checkGradients(*graph, registry, values, options);
}

Registry withGradient(Values (*grad)(const Op &, llvm::ArrayRef<Value>, Builder &)) {
  static const Registry right(ops::all());
  static OpDef wrong = *right.find("relu");
  wrong.grad = grad;
  std::vector<const OpDef *> defs;
  for (const OpDef *def : ops::all())
    defs.push_back(def->name == "relu" ? &wrong : def);
  return Registry(defs);
}

TEST(GradCheck, RightGradientsPassBetweenKinks) {
  const Registry registry(ops::all());
  int64_t between = 0;
  for (const GradCheckRow &row : check(registry)) {
    EXPECT_TRUE(row.ok) << row.param << " " << row.maxRelativeError;
    EXPECT_EQ(row.checked, row.shape.back());
    between += row.betweenKinks;
    EXPECT_LE(row.errorBetweenKinks, 1e-6);
  }
  EXPECT_GT(between, 0) << "no step crosses a kink: the test sees nothing";
}

TEST(GradCheck, AWrongGradientIsFoundBetweenKinks) {
  // Too large by a hundred-thousandth.
  const Registry registry = withGradient([](const Op &op, llvm::ArrayRef<Value> dy, Builder &b) -> Values {
    Value zero = b.scalar(0, dy[0]);
    return {b.select(b.greater(op.result(), zero), b.mul(dy[0], b.scalar(1 + 1e-5, dy[0])), zero)};
  });
  for (const GradCheckRow &row : check(registry)) {
    EXPECT_FALSE(row.ok) << row.param;
    EXPECT_GT(row.maxRelativeError, 1e-7) << row.param;
    EXPECT_LT(row.maxRelativeError, 1e-4) << row.param;
  }
}

TEST(GradCheck, AGradientThatDoesNotFlowIsFound) {
  const Registry registry = withGradient(
      [](const Op &, llvm::ArrayRef<Value> dy, Builder &b) -> Values { return {b.mul(dy[0], b.scalar(0, dy[0]))}; });
  for (const GradCheckRow &row : check(registry))
    EXPECT_FALSE(row.ok) << row.param;
}

TEST(GradCheck, EntriesAreChosenBySeedAndNumber) {
  const Registry registry(ops::all());
  for (int64_t samples : {1, 2, 3}) {
    std::vector<GradCheckRow> first = check(registry, {.samples = samples, .seed = 1}),
                              again = check(registry, {.samples = samples, .seed = 1});
    ASSERT_EQ(first.size(), again.size());
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].checked + first[i].kinks, std::min(samples, first[i].shape.back()));
      EXPECT_EQ(first[i].worstIndex, again[i].worstIndex);
      EXPECT_EQ(first[i].maxRelativeError, again[i].maxRelativeError);
    }
  }
}

TEST(GradCheck, SamplesFitTheRuns) {
  const Registry registry(ops::all());
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("train.ir", kKinks.str()), registry, diags);
  const GradientGraphs graphs = gradientGraphs(*graph, registry);
  // Of 3 and of 1 elements: 2 + 4 (min(s, 3) + 1) runs.
  EXPECT_EQ(samplesWithin(*graphs.loss, 1e9, 1, 32), 32);
  EXPECT_EQ(samplesWithin(*graphs.loss, 18, 1, 32), 32);
  EXPECT_EQ(samplesWithin(*graphs.loss, 17, 1, 32), 2);
  EXPECT_EQ(samplesWithin(*graphs.loss, 13, 1, 32), 1);
  EXPECT_EQ(samplesWithin(*graphs.loss, 1, 1, 32), 1);
  EXPECT_EQ(samplesWithin(*graphs.loss, 1, 4, 32), 4);
}

} // namespace
