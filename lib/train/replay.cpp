// Finds the first value of a batch that is NaN or infinite, with the interpreter and the graph as autodiff left it.
// Slow, and only run once, when training has failed already.
#include "replay.h"

#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"

namespace dlc::train {

std::string firstBadValue(Engines &engines, const Bundle &bundle, llvm::ArrayRef<uint32_t> positions, double lr,
                          int64_t step) {
  std::string failure;
  compile::Options options;
  auto work = compile::compile(engines.unit(), {dsl::Mode::Train, static_cast<int64_t>(positions.size())},
                               "infer,autodiff", options, failure);
  if (!work)
    return "";
  Interpreter interpreter(*work->net.graph, compile::registry());
  interpreter.keepValues(true);
  for (const auto &p : engines.parameters().all())
    interpreter.param(p->attrs.name) = p->tensor;
  feed(bundle.train, positions, bundle.prepare, engines.dtype(), work->net.task, interpreter.input("input").data(),
       interpreter.input("target").data());
  if (interpreter.hasInput("lr")) {
    if (engines.dtype() == DType::F64)
      interpreter.input("lr").span<double>()[0] = lr;
    else
      interpreter.input("lr").span<float>()[0] = static_cast<float>(lr);
  }
  if (interpreter.hasInput("step"))
    interpreter.input("step").span<int32_t>()[0] = static_cast<int32_t>(step);
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
