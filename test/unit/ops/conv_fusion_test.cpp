// What joins a convolution: bias, activation, a skip and a gradient's mask, fused and run on one thread and on three,
// with weights packed in the step and beforehand, with the bits of the interpreter; and that each of them did join.
// Convolutions by themselves are among the examples of lowering_test.cpp.
#include "dlc/ir/exact_math.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/lower.h"
#include "dlc/ops/ops.h"
#include "dlc/passes/pipeline.h"
#include "dlc/program/instrs.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <cstring>
#include <map>

using namespace dlc;

namespace {

struct Case {
  const char *name, *body; ///< lines between the inputs and output(%y)
  size_t convs, maps;      ///< instructions of the two families after fusion
  size_t packed;           ///< of the convs: those whose weights are packed beforehand
};

// x [2,3,9,7], w [5,3,3,3], s [2,5,9,7], b [5,1,1]
const Case kCases[] = {
    {"Plain", "%y = conv2d(%x, %w) {padding=[1,1]}", 1, 0, 1},
    {"Bias", "%c = conv2d(%x, %w) {padding=[1,1]}\n%y = add(%c, %b)", 1, 0, 1},
    {"BiasRelu", "%c = conv2d(%x, %w) {padding=[1,1]}\n%d = add(%c, %b)\n%y = relu(%d)", 1, 0, 1},
    {"BiasSkipTanh", "%c = conv2d(%x, %w) {padding=[1,1]}\n%d = add(%c, %b)\n%e = add(%d, %s)\n%y = tanh(%e)", 1, 0, 1},
    {"GradInputMasked",
     "%c = conv2d_grad_input(%s, %w) {padding=[1,1], size=[9,7]}\n%m = greater(%x, %c)\n%y = mul(%c, %m)", 1, 0, 1},
    {"GradWeightStaysAlone",
     "%c = conv2d_grad_weight(%x, %s) {padding=[1,1], size=[3,3]}\n%d = add(%c, %w)\n%y = tanh(%d)", 1, 1, 0},
};

class ConvFusion : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Ops, ConvFusion, testing::ValuesIn(kCases), [](const auto &info) { return info.param.name; });

TEST_P(ConvFusion, JoinsWithTheSameBits) {
  const Registry registry(ops::all());
  std::string text =
      std::string("graph @net stage=typed {\n%x = input() {name=\"x\", shape=[2,3,9,7]}\n"
                  "%w = param() {name=\"w\", shape=[5,3,3,3]}\n%s = input() {name=\"s\", shape=[2,5,9,7]}\n"
                  "%b = input() {name=\"b\", shape=[5,1,1]}\n") +
      GetParam().body + "\noutput(%y) {name=\"y\"}\n}\n";
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("case.ir", text), registry, diags);
  ASSERT_TRUE(graph) << text;
  Interpreter reference(*graph, registry);
  uint32_t stream = 0;
  for (const char *name : {"x", "w", "s", "b"}) {
    uint64_t e = 0;
    ++stream;
    for (float &value : (name == llvm::StringRef("w") ? reference.param(name) : reference.input(name)).span<float>())
      value = 2 * exactUniform<float>(3, stream, 0, e++) - 1;
  }
  reference.run();
  const Tensor &expected = reference.output("y");
  ASSERT_TRUE(runPasses(*graph, "infer,expand,cse,dce", {registry}, {true}).ok());
  for (kernels::Isa isa : {kernels::kScalar, kernels::best()})
    for (auto [threads, hoist] : {std::pair(1u, true), {3u, true}, {1u, false}, {3u, false}}) {
      if (!isa->fuses)
        continue; // it has other bits
      Program program = lowerGraph(*graph, registry, {isa, DType::F32});
      ASSERT_TRUE(runPasses(program, hoist ? "fuse,hoist,plan" : "fuse,plan", {registry}).ok());
      size_t convs = 0, maps = 0, packed = 0;
      for (const Instr &instr : program.step) {
        convs += instr.family == &convInstr, maps += instr.family == &mapInstr;
        packed += instr.family == &convInstr && instr.attrs.as<ConvInstrAttrs>().packed;
      }
      EXPECT_EQ(convs, GetParam().convs);
      EXPECT_EQ(maps, GetParam().maps);
      EXPECT_EQ(packed, hoist ? GetParam().packed : 0);
      ThreadTeam team(threads);
      std::map<std::string, Tensor> params;
      auto executor = Executor::create(
          program, [&](const Buffer &b) -> Tensor & { return params.try_emplace(b.external, b.type).first->second; },
          team);
      ASSERT_TRUE(executor.ok());
      std::memcpy(params.at("w").data(), reference.param("w").data(), reference.param("w").bytes());
      for (const char *name : {"x", "s", "b"})
        if (void *to = (*executor)->input(name))
          std::memcpy(to, reference.input(name).data(), reference.input(name).bytes());
      (*executor)->runInit();
      (*executor)->runStep();
      EXPECT_EQ(std::memcmp((*executor)->output("y"), expected.data(), expected.bytes()), 0)
          << isa->name << ", threads " << threads << ", hoist " << hoist;
    }
}

} // namespace
