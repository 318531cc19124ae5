// Kernels as a GraphRunner: a graph of primitives lowered, planned and run by an Executor of its own.
// Nets that are trained take another way, train::Engines, which shares params between programs.
#include "dlc/train/kernel_check.h"

#include "dlc/compile/compile.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/lower.h"
#include "dlc/runtime/executor.h"
#include "dlc/runtime/worthwhile.h"
#include "dlc/support/strings.h"
#include "dlc/support/try.h"
#include "dlc/train/plan_size.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <cstring>

namespace dlc::train {
namespace {

class Compiled : public GraphRunner {
public:
  explicit Compiled(const Graph &graph) {
    for (const Op &op : graph.ops()) {
      if (const auto *param = op.attrsIf<ParamAttrs>())
        params.try_emplace(param->name, op.type());
      if (const auto *output = op.attrsIf<OutputAttrs>())
        outputs.try_emplace(output->name, op.operand(0).type());
    }
  }
  absl::Status begin(Program program, ThreadTeam &team) {
    auto place = [&](const Buffer &buffer) -> Tensor & {
      return params.try_emplace(buffer.external, buffer.type).first->second;
    };
    DLC_TRY(executor, Executor::create(std::move(program), place, team));
    return absl::OkStatus();
  }

  void setInput(llvm::StringRef name, const Tensor &value) override {
    if (void *place = executor->input(name))
      std::memcpy(place, value.data(), value.bytes());
  }
  Tensor &param(llvm::StringRef name) override {
    auto it = params.find(name);
    DLC_CHECK(it != params.end()) << "graph has no param '" << name << "'";
    return it->second;
  }
  void run() override {
    executor->runInit(); // somebody may have changed a param
    executor->runStep();
  }
  Tensor output(llvm::StringRef name) override {
    auto it = outputs.find(name);
    DLC_CHECK(it != outputs.end()) << "graph has no output '" << name << "'";
    Tensor tensor(it->second);
    if (const void *from = executor->output(name))
      std::memcpy(tensor.data(), from, tensor.bytes());
    return tensor;
  }

private:
  llvm::StringMap<Tensor> params;
  llvm::StringMap<Type> outputs;
  std::unique_ptr<Executor> executor;
};

Program programOf(const Graph &graph, const KernelOptions &options) {
  Program program = lowerGraph(graph, compile::registry(), {options.isa, options.dtype});
  absl::Status status = runPasses(program, options.programPasses, {compile::registry()});
  DLC_CHECK(status.ok()) << ref(status.message());
  return program;
}

} // namespace

absl::StatusOr<std::unique_ptr<GraphRunner>> compileGraph(const Graph &graph, const KernelOptions &options,
                                                          ThreadTeam &team) {
  Program program = programOf(graph, options);
  DLC_PASS_ON(planFits(planBytes(program, team.size()), options.maxMemory));
  auto runner = std::make_unique<Compiled>(graph);
  DLC_PASS_ON(runner->begin(std::move(program), team));
  return runner;
}

double estimatedTime(const Graph &graph, DType dtype) {
  return estimatedNanoseconds(programOf(graph, {.isa = kernels::kScalar, .dtype = dtype}));
}

} // namespace dlc::train
