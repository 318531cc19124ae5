// Finds the first value of a batch that is NaN or infinite, with the interpreter and the graph as autodiff left it.
// Slow, and only run once, when training has failed already.
#include "replay.h"

#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"

namespace dlc::train {

std::string firstBadValue(Engines &engines, int64_t rows,
                          llvm::function_ref<bool(llvm::function_ref<void *(llvm::StringRef)>)> inputs) {
  std::string failure;
  compile::Options options;
  auto work = compile::compile(engines.unit(), {dsl::Mode::Train, rows}, "infer,autodiff", options, failure);
  if (!work)
    return "";
  Interpreter interpreter(*work->net.graph, compile::registry());
  interpreter.keepValues(true);
  for (const auto &p : engines.parameters().all())
    interpreter.param(p->attrs.name) = p->tensor;
  auto place = [&](llvm::StringRef name) -> void * {
    return interpreter.hasInput(name) ? interpreter.input(name).data() : nullptr;
  };
  if (!inputs(place))
    return "";
  interpreter.run();
  const Op *op = interpreter.firstBadOp();
  if (!op)
    return "";
  std::string name = op->label().empty() ? op->name().str() : op->label().str();
  if (op->name() == "param")
    name = op->attrs<ParamAttrs>().name;
  if (op->name() == "input")
    name = "the samples";
  return (op->name() == "param" || op->name() == "input" ? "" : "output of ") + name +
         (op->origin().text.empty() ? "" : " (" + op->origin().text + ")");
}

} // namespace dlc::train
