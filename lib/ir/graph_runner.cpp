// The interpreter as a GraphRunner.
// It adds nothing but the interface.
#include "dlc/ir/graph_runner.h"

#include "dlc/ir/interpreter.h"

namespace dlc {
namespace {

class Interpreted : public GraphRunner {
public:
  Interpreted(const Graph &graph, const Registry &registry, WatchOps watch) : interpreter(graph, registry) {
    interpreter.watch(std::move(watch));
  }

  void setInput(llvm::StringRef name, const Tensor &value) override {
    if (interpreter.hasInput(name))
      interpreter.input(name) = value;
  }
  Tensor &param(llvm::StringRef name) override { return interpreter.param(name); }
  void run() override { interpreter.run(); }
  Tensor output(llvm::StringRef name) override { return interpreter.output(name); }

private:
  Interpreter interpreter;
};

} // namespace

std::unique_ptr<GraphRunner> interpret(const Graph &graph, const Registry &registry, WatchOps watch) {
  return std::make_unique<Interpreted>(graph, registry, std::move(watch));
}

} // namespace dlc
