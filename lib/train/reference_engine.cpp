// The engine of --isa=reference: the interpreter, behind the same interface as a Program.
// It shares the parameters by swapping their tensors in before a step and out after it.
#include "engines_made.h"

#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

#include <utility>
#include <vector>

namespace dlc::train {
namespace {

class ReferenceEngine : public Engine {
public:
  ReferenceEngine(const Graph &graph, Parameters &parameters) : interpreter(graph, compile::registry()) {
    for (const Op &op : graph.ops()) {
      if (const auto *param = op.attrsIf<ParamAttrs>())
        if (Parameter *p = parameters.find(param->name); p && seen.try_emplace(p->attrs.name).second)
          used.push_back(p);
      if (const auto *output = op.attrsIf<OutputAttrs>())
        outputs.try_emplace(output->name);
      for (const Type &type : op.results())
        size += type.bytes();
    }
  }

  void *input(llvm::StringRef name) override {
    return interpreter.hasInput(name) ? interpreter.input(name).data() : nullptr;
  }
  std::vector<std::string> inputNames() const override { return interpreter.inputNames(); }
  const void *output(llvm::StringRef name) override {
    return outputs.contains(name) ? interpreter.output(name).data() : nullptr;
  }
  void step() override {
    swapAll();
    interpreter.run();
    swapAll();
  }
  uint64_t bytes() const override { return size; }

private:
  void swapAll() {
    for (Parameter *p : used)
      std::swap(p->tensor(), interpreter.param(p->attrs.name));
  }
  Interpreter interpreter;
  std::vector<Parameter *> used;
  llvm::StringMap<bool> seen, outputs;
  uint64_t size = 0;
};

} // namespace

std::unique_ptr<Engine> makeReferenceEngine(const Graph &graph, Parameters &parameters) {
  return std::make_unique<ReferenceEngine>(graph, parameters);
}

} // namespace dlc::train
