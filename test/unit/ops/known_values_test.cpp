// Known answers that a person can work out on paper: ReLU, sigmoid, a matrix product, and the derivative of x * x. They
// run on the interpreter and on every instruction set of this processor; that all of these agree on any input is tested
// in lowering_test.cpp.
#include "registry.h"

#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/lower.h"
#include "dlc/passes/pipeline.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <cmath>
#include <map>

using namespace dlc;

namespace {

using Numbers = std::vector<double>;
using Named = std::map<std::string, Numbers>;

std::unique_ptr<Graph> graphOf(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("known.ir", text.str()), registry(), diags);
  if (graph)
    for (Op &op : graph->ops())
      op.setOrigin({}); // the text is gone when we return
  return graph;
}

Numbers numbersIn(const std::byte *data, const Type &type) {
  return dispatchFloat(type.dtype, [&](auto zero) {
    const auto *first = reinterpret_cast<const decltype(zero) *>(data);
    return Numbers(first, first + type.elements());
  });
}

void fill(std::byte *to, const Type &type, const Numbers &numbers) {
  ASSERT_EQ(numbers.size(), static_cast<size_t>(type.elements()));
  dispatchFloat(type.dtype, [&](auto zero) {
    for (size_t i = 0; i < numbers.size(); ++i)
      reinterpret_cast<decltype(zero) *>(to)[i] = static_cast<decltype(zero)>(numbers[i]);
  });
}

/// The outputs of a graph by name, computed by the interpreter.
Named interpreted(const Graph &graph, const Named &inputs) {
  Interpreter interpreter(graph, registry());
  for (const auto &[name, numbers] : inputs) {
    Tensor &tensor = interpreter.input(name);
    fill(tensor.data(), tensor.type(), numbers);
  }
  interpreter.run();
  Named outputs;
  for (const Op &op : graph.ops())
    if (op.name() == "output") {
      const std::string &name = op.attrs<OutputAttrs>().name;
      const Tensor &tensor = interpreter.output(name);
      outputs[name] = numbersIn(tensor.data(), tensor.type());
    }
  return outputs;
}

/// The same from the kernels of one instruction set, after every pass.
Named compiled(Graph &graph, const Named &inputs, kernels::Isa isa, DType dtype) {
  EXPECT_TRUE(runPasses(graph, "infer,simplify,expand,simplify,cse,dce", {registry()}, {true}).ok());
  Program program = lowerGraph(graph, registry(), {isa, dtype});
  EXPECT_TRUE(runPasses(program, "fuse,hoist,plan", {registry()}).ok());
  ThreadTeam team(1);
  std::map<std::string, Tensor> parameters;
  auto executor = Executor::create(
      program, [&](const Buffer &b) -> Tensor & { return parameters.try_emplace(b.name, b.type).first->second; }, team);
  EXPECT_TRUE(executor.ok());
  for (const Buffer &buffer : program.buffers)
    if (buffer.role == BufferRole::Input)
      fill(static_cast<std::byte *>((*executor)->input(buffer.external)), buffer.type, inputs.at(buffer.external));
  (*executor)->runInit();
  (*executor)->runStep();
  Named outputs;
  for (const Op &op : graph.ops())
    if (op.name() == "output") {
      const std::string &name = op.attrs<OutputAttrs>().name;
      outputs[name] = numbersIn(static_cast<const std::byte *>((*executor)->output(name)), op.operand(0).type());
    }
  return outputs;
}

/// Holds every output against `want`, to `tolerance`, wherever the graph can run, in f32 and in f64.
void expectOutputs(std::string text, const Named &inputs, const Named &want, double tolerance) {
  for (DType dtype : {DType::F32, DType::F64}) {
    if (dtype == DType::F64)
      for (size_t at = 0; (at = text.find("f32", at)) != std::string::npos;)
        text.replace(at, 3, "f64");
    auto compare = [&](const Named &got, const std::string &where) {
      ASSERT_EQ(got.size(), want.size());
      for (const auto &[output, numbers] : want) {
        ASSERT_EQ(got.at(output).size(), numbers.size());
        for (size_t i = 0; i < numbers.size(); ++i)
          EXPECT_NEAR(got.at(output)[i], numbers[i], tolerance)
              << output << '[' << i << "] " << name(dtype).str() << ' ' << where;
      }
    };
    std::unique_ptr<Graph> graph = graphOf(text);
    ASSERT_TRUE(graph) << text;
    compare(interpreted(*graph, inputs), "interpreted");
    for (kernels::Isa isa : kernels::isas())
      if (kernels::supported(isa)) {
        std::unique_ptr<Graph> own = graphOf(text);
        compare(compiled(*own, inputs, isa, dtype), isa->name);
      }
  }
}

TEST(KnownValues, ReLU) {
  expectOutputs(R"(graph @g stage=graph {
  %x = input() {name="x", dtype=f32, shape=[7]}
  %y = relu(%x)
  output(%y) {name="y"}
})",
                {{"x", {-3, -0.5, -0x1p-100, 0, 0x1p-100, 0.5, 3}}}, {{"y", {0, 0, 0, 0, 0x1p-100, 0.5, 3}}}, 0);
}

TEST(KnownValues, Sigmoid) {
  expectOutputs(R"(graph @g stage=graph {
  %x = input() {name="x", dtype=f32, shape=[7]}
  %y = sigmoid(%x)
  output(%y) {name="y"}
})",
                {{"x", {0, 1, -1, 2, -2, 40, -40}}},
                {{"y",
                  {0.5, 0.73105857863000487, 0.26894142136999512, 0.88079707797788244, 0.11920292202211756, 1,
                   4.2483542552915890e-18}}},
                6e-8);
}

TEST(KnownValues, MatrixProduct) {
  expectOutputs(R"(graph @g stage=graph {
  %a = input() {name="a", dtype=f32, shape=[2,3]}
  %b = input() {name="b", dtype=f32, shape=[3,2]}
  %y = matmul(%a, %b)
  output(%y) {name="y"}
})",
                {{"a", {1, 2, 3, 4, 5, 6}}, {"b", {7, 8, 9, 10, 11, 12}}}, {{"y", {58, 64, 139, 154}}}, 0);
}

/// f(x) = x * x at 3 is 9, its derivative 6; one step of gradient descent at rate 0.125 leads to 2.25, where f
/// is 5.0625.
TEST(KnownValues, XSquared) {
  const char *text = R"(graph @g stage=graph {
  %x = param() {name="x", dtype=f64, shape=[]}
  %f = mul(%x, %x)
  %loss = reshape(%f)
  output(%loss) {name="loss"}
  %lr = input() {name="lr", dtype=f64, shape=[]}
  minimize(%loss, %lr) {optimizer="sgd"}
})";
  std::unique_ptr<Graph> graph = graphOf(text);
  ASSERT_TRUE(graph);
  ASSERT_TRUE(runPasses(*graph, "infer,simplify,autodiff,simplify,cse,dce", {registry()}, {true}).ok());
  Interpreter interpreter(*graph, registry());
  interpreter.param("x").span<double>()[0] = 3;
  interpreter.input("lr").span<double>()[0] = 0.125;
  interpreter.run();
  EXPECT_EQ(interpreter.output("loss").span<double>()[0], 9);
  EXPECT_EQ(interpreter.param("x").span<double>()[0], 3 - 0.125 * 6);
  interpreter.run();
  EXPECT_EQ(interpreter.output("loss").span<double>()[0], 5.0625);
}

} // namespace
