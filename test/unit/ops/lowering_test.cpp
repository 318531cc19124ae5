// Every example of every op on every instruction set, in f32 and f64, fused and not, on one thread and on three,
// against the interpreter: equal bits where the processor has FMA, close where it has not. Instruction sets that this
// processor cannot run are left out here; their kernels are tested by emulation in ../kernels.
#include "registry.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/example.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/lower.h"
#include "dlc/passes/pipeline.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace dlc;

namespace {

struct Case {
  const OpDef *def;
  std::string example;
  kernels::Isa isa;
  DType dtype;
};

std::vector<Case> allCases() {
  std::vector<Case> cases;
  for (const OpDef *def : registry().all())
    for (llvm::StringRef example : def->examples)
      for (kernels::Isa isa : kernels::isas())
        for (DType dtype : {DType::F32, DType::F64})
          if (!def->effect && kernels::supported(isa))
            cases.push_back({def, example.str(), isa, dtype});
  return cases;
}

template <class T> double largestDifference(std::span<const T> a, std::span<const T> b) {
  double difference = 0, largest = 1e-30;
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) != std::isnan(b[i]))
      return 1;
    if (std::isnan(a[i]) || a[i] == b[i])
      continue;
    difference = std::max(difference, std::fabs(double(a[i]) - double(b[i])));
    largest = std::max(largest, std::fabs(double(a[i])));
  }
  return difference / largest;
}

/// Whether tests on these numbers see anything at all.
bool tellsNothing(const Tensor &tensor) {
  if (!isFloat(tensor.dtype()))
    return false;
  return dispatchFloat(tensor.dtype(), [&](auto zero) {
    size_t blind = 0;
    for (auto x : tensor.span<decltype(zero)>())
      blind += x == 0 || std::isnan(x);
    return blind == tensor.span<decltype(zero)>().size();
  });
}

class EveryLowering : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Ops, EveryLowering, testing::ValuesIn(allCases()), [](const auto &info) {
  return info.param.def->name.str() + "_" + info.param.isa->name + "_" + name(info.param.dtype).str() + "_" +
         std::to_string(info.index);
});

TEST_P(EveryLowering, AgreesWithTheInterpreter) {
  const Case &c = GetParam();
  std::unique_ptr<Graph> graph = parseExample(c.example, registry(), c.dtype);
  Interpreter reference(*graph, registry());
  std::vector<std::pair<std::string, Tensor>> inputs;
  uint32_t stream = 0;
  for (const Op &op : graph->ops())
    if (op.name() == "input" && op.attrs<InputAttrs>().name != "")
      inputs.emplace_back(op.attrs<InputAttrs>().name, exampleNumbers(*c.def, op.type(), ++stream));
  for (auto &[name, tensor] : inputs)
    reference.input(name) = tensor;
  reference.run();

  ASSERT_TRUE(runPasses(*graph, "infer,simplify,expand,simplify,cse,dce", {registry()}, {true}).ok());
  for (bool optimized : {false, true})
    for (unsigned threads : {1u, 3u}) {
      Program program = lowerGraph(*graph, registry(), {c.isa, c.dtype});
      ASSERT_TRUE(runPasses(program, optimized ? "fuse,hoist,plan" : "plan", {registry()}).ok());
      ThreadTeam team(threads);
      std::map<std::string, Tensor> params;
      auto executor = Executor::create(
          program, [&](const Buffer &b) -> Tensor & { return params.try_emplace(b.name, b.type).first->second; }, team);
      ASSERT_TRUE(executor.ok());
      for (auto &[name, tensor] : inputs)
        if (void *to = (*executor)->input(name))
          std::memcpy(to, tensor.data(), tensor.bytes());
      (*executor)->runInit();
      (*executor)->runStep();
      for (const Op &op : graph->ops()) {
        if (op.name() != "output")
          continue;
        const std::string &name = op.attrs<OutputAttrs>().name;
        const Tensor &expected = reference.output(name);
        Tensor actual(expected.type());
        std::memcpy(actual.data(), (*executor)->output(name), actual.bytes());
        EXPECT_FALSE(tellsNothing(expected) && c.def->name != "constant" && c.def->name != "param" &&
                     c.def->name != "input")
            << "the expected values are all zero or NaN";
        if (!isFloat(expected.dtype())) {
          EXPECT_TRUE(actual == expected) << name;
          continue;
        }
        double difference = dispatchFloat(expected.dtype(), [&](auto zero) {
          using T = decltype(zero);
          return largestDifference<T>(std::as_const(expected).span<T>(), std::as_const(actual).span<T>());
        });
        double bound = c.isa->fuses ? 0 : c.dtype == DType::F32 ? 2e-6 : 4e-15;
        EXPECT_LE(difference, bound) << c.example << " " << name << ", optimized " << optimized << ", threads "
                                     << threads;
      }
    }
}

} // namespace
