// The pass manager, and properties of all passes: no pass may change a result, break the graph, or change it twice.
// What each pass does is shown by its lit file in test/passes.
#include "../ops/registry.h"

#include "dlc/passes/pipeline.h"

#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/verifier.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace dlc;

namespace {

constexpr llvm::StringLiteral kTrain = R"(graph @train stage=graph {
  %x = input() {name="input", shape=[4,3]}
  %t = input() {name="target", dtype=i32, shape=[4]}
  %lr = input() {name="lr"}
  %w = param() {name="w", shape=[5,3], decay=true}
  %b = param() {name="b", shape=[5]}
  %h = linear(%x, %w, %b)
  %r = leaky_relu(%h) {slope=0.1}
  %s = sigmoid(%r)
  %l = cross_entropy(%s, %t)
  output(%l) {name="loss"}
  minimize(%l, %lr) {optimizer="OPTIMIZER", settings="SETTINGS"}
}
)";

std::unique_ptr<Graph> trainGraph(const std::string &optimizer, const std::string &settings) {
  std::string text = kTrain.str();
  text.replace(text.find("OPTIMIZER"), 9, optimizer);
  text.replace(text.find("SETTINGS"), 8, settings);
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("train.ir", text), registry(), diags);
  EXPECT_TRUE(graph);
  for (Op &op : graph->ops())
    op.setOrigin({{}, op.origin().text});
  return graph;
}

TEST(Passes, TheTrainingPipelineVerifiesAfterEveryPassAndKeepsResults) {
  for (auto [optimizer, settings] : {std::pair{"sgd", ""}, std::pair{"sgd", "momentum=0.9, nesterov=true"},
                                     std::pair{"adam", "weight_decay=0.01"}}) {
    std::unique_ptr<Graph> graph = trainGraph(optimizer, settings);
    PipelineOptions options;
    options.verifyEach = options.checkPasses = true;
    EXPECT_TRUE(runPasses(*graph, trainPipeline().onGraph().text(), {registry()}, options).ok());
    EXPECT_EQ(graph->stage, Stage::Primitive);
  }
}

TEST(Passes, EachPassIsIdempotent) {
  for (const Pass *pass : allPasses()) {
    if (!pass->onGraph)
      continue; // those over programs have programs of their own, in unit_lower
    std::unique_ptr<Graph> graph = trainGraph("adam", "");
    PassContext context{registry()};
    ASSERT_NE(pass->onGraph(*graph, context), PassResult::Failed);
    std::string once = toString(*graph);
    EXPECT_EQ(pass->onGraph(*graph, context), PassResult::Unchanged) << pass->name.str();
    EXPECT_EQ(toString(*graph), once) << pass->name.str();
  }
}

TEST(Passes, EachIsExplainedByALitFileOfItsOwn) {
  for (const Pass *pass : allPasses())
    EXPECT_TRUE(llvm::sys::fs::exists(DLC_SOURCE_DIR "/test/" + llvm::Twine(pass->onGraph ? "passes/" : "lower/") +
                                      pass->name + ".ir"))
        << pass->name.str();
}

TEST(Passes, AnUnknownOptimizerIsTheUsersMistake) {
  std::unique_ptr<Graph> graph = trainGraph("adamant", "");
  Sources sources;
  Diags diags(sources);
  EXPECT_FALSE(runPasses(*graph, "autodiff", {registry(), &diags}).ok());
  EXPECT_TRUE(diags.hadError());
}

TEST(Pipeline, AnUnknownPassIsNamed) {
  std::string unknown;
  EXPECT_FALSE(Pipeline::parse("infer, simplyfy", unknown));
  EXPECT_EQ(unknown, "simplyfy");
}

TEST(Pipeline, IsCutByStagesAndByWhatItsPassesTake) {
  const Pipeline all = Pipeline::of(" infer,simplify,autodiff, cse,lower,fuse,plan");
  EXPECT_EQ(all.text(), "infer,simplify,autodiff,cse,lower,fuse,plan");
  EXPECT_EQ(all.upTo(Stage::Graph).text(), "");
  EXPECT_EQ(all.upTo(Stage::Typed).text(), "infer,simplify");
  EXPECT_EQ(all.upTo(Stage::Primitive).text(), "infer,simplify,autodiff,cse");
  EXPECT_EQ(all.upTo(Stage::Planned).text(), all.text());
  EXPECT_EQ(all.behind(all.upTo(Stage::Grad)).text(), "lower,fuse,plan");
  EXPECT_EQ(all.onGraph().text(), "infer,simplify,autodiff,cse");
  EXPECT_EQ(all.onProgram().text(), "fuse,plan");
}

TEST(Pipeline, APassThatDoesNotGoWithWhatIsThereIsNoBug) {
  std::unique_ptr<Graph> graph = trainGraph("sgd", "");
  for (const char *names : {"fuse", "lower", "infer,autodiff,lower"})
    EXPECT_TRUE(absl::IsFailedPrecondition(runPasses(*graph, names, {registry()}))) << names;
}

TEST(Passes, ARuleThatMissesABitIsCaughtByCheckPasses) {
  // x + 0 is not x for x = -0, so simplify must leave it alone; -0.0 comes out of the multiplication.
  Graph graph;
  Builder b(graph, registry());
  Value x = b.make("input", {}, InputAttrs{"x", DType::F32, {3}});
  Value sum = b.add(b.mul(x, b.scalar(-0.0, x)), b.scalar(0, x));
  b.makeOp("output", {sum}, Attrs::of(OutputAttrs{"y"}));
  PipelineOptions options;
  options.checkPasses = true;
  EXPECT_TRUE(runPasses(graph, "simplify", {registry()}, options).ok());
  Interpreter run(graph, registry());
  for (float &v : run.input("x").span<float>())
    v = 1;
  run.run();
  for (float v : run.output("y").span<float>())
    EXPECT_FALSE(std::signbit(v));
}

TEST(Passes, StatisticsCountRules) {
  std::unique_ptr<Graph> graph = trainGraph("adam", "");
  std::map<std::string, unsigned> stats;
  ASSERT_TRUE(runPasses(*graph, trainPipeline().onGraph().text(), {registry(), nullptr, &stats}).ok());
  EXPECT_GT(stats["fold-constants"], 0u);
  EXPECT_GT(stats["cse"], 0u);
  EXPECT_GT(stats["dce"], 0u);
}

TEST(Verifier, FindsWhatIsWrong) {
  std::unique_ptr<Graph> graph = trainGraph("sgd", "");
  EXPECT_TRUE(verify(*graph).empty());
  graph->stage = Stage::Grad; // no updates yet
  EXPECT_TRUE(verify(*graph).empty()) << "a graph without updates is an inference graph";
  graph->stage = Stage::Primitive;
  EXPECT_FALSE(verify(*graph).empty()) << "leaky_relu has no lowering";
  graph = trainGraph("sgd", "");
  for (Op &op : graph->ops())
    if (op.name() == "linear")
      graph->setResultTypes(op, {Type{DType::F32, {4, 6}}});
  EXPECT_FALSE(verify(*graph).empty()) << "a wrong type";
  graph = trainGraph("sgd", "");
  graph->moveBefore(graph->ops().back(), graph->ops().front());
  EXPECT_FALSE(verify(*graph).empty()) << "use before definition";
}

TEST(Interpreter, ReadsSeeTheOldParam) {
  Graph graph;
  Builder b(graph, registry());
  Value w = b.make("param", {}, [] {
    ParamAttrs attrs;
    attrs.name = "w";
    attrs.shape = {2};
    return attrs;
  }());
  b.makeOp("assign", {w, b.add(w, b.scalar(1, w))});
  b.makeOp("output", {b.mul(w, b.scalar(10, w))}, Attrs::of(OutputAttrs{"y"}));
  Interpreter run(graph, registry());
  run.run();
  run.run();
  EXPECT_EQ(run.output("y").span<float>()[0], 10);
  EXPECT_EQ(run.param("w").span<float>()[0], 2);
}

} // namespace
