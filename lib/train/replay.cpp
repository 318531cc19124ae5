// Asks the interpreter, over the graph as autodiff left it, what became of a batch: its first bad value, its gradients.
// Slow, and only run once, when training has failed already.
#include "replay.h"

#include "dlc/ir/builder.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"

#include <cmath>

namespace dlc::train {

namespace {

/// The training graph of a batch as autodiff leaves it; null where it cannot be built.
std::unique_ptr<Graph> graphOf(Engines &engines, int64_t rows) {
  std::string failure;
  compile::Options options;
  auto work = compile::compile(engines.unit(), {dsl::Mode::Train, rows}, "infer,autodiff", options, failure);
  return work ? std::move(work->net.graph) : nullptr;
}

bool interpret(Interpreter &interpreter, Engines &engines, GiveInputs inputs) {
  for (const auto &p : engines.parameters().all())
    interpreter.param(p->attrs.name) = p->tensor();
  auto place = [&](llvm::StringRef name) -> void * {
    return interpreter.hasInput(name) ? interpreter.input(name).data() : nullptr;
  };
  if (!inputs(place))
    return false;
  interpreter.run();
  return true;
}

/// What people call the op of `graph` that `part` came of when it was expanded: "linear2" for "linear2.matmul".
std::string layerOf(const Op &part, const Graph &graph) {
  llvm::StringRef name;
  for (const Op &op : graph.ops())
    if (op.label().size() > name.size() &&
        (op.label() == part.label() || part.label().starts_with((op.label() + ".").str())))
      name = op.label();
  return (name.empty() ? part.name() : name).str();
}

template <class T> double squares(const Tensor &tensor) {
  double sum = 0;
  for (size_t i = 0; i < tensor.bytes() / sizeof(T); ++i) {
    auto value = static_cast<double>(reinterpret_cast<const T *>(tensor.data())[i]);
    sum += value * value;
  }
  return sum;
}

} // namespace

std::string firstBadValue(Engines &engines, int64_t rows, GiveInputs inputs) {
  std::unique_ptr<Graph> graph = graphOf(engines, rows);
  if (!graph)
    return "";
  Interpreter interpreter(*graph, compile::registry());
  interpreter.keepValues(true);
  if (!interpret(interpreter, engines, inputs))
    return "";
  const Op *op = interpreter.firstBadOp();
  if (!op)
    return "";
  return "output of " + layerOf(*op, *graph) + (op->origin().text.empty() ? "" : " (" + op->origin().text + ")");
}

std::optional<double> gradientNorm(Engines &engines, int64_t rows, GiveInputs inputs) {
  std::unique_ptr<Graph> graph = graphOf(engines, rows);
  if (!graph)
    return std::nullopt;
  std::vector<Value> gradients;
  for (Op &op : graph->ops())
    if (op.def().role == Role::Optimizer)
      gradients.push_back(op.operand(1)); // of op(param, gradient, ...)
  std::vector<std::string> names;
  Builder builder(*graph, compile::registry());
  for (Value gradient : gradients) {
    names.push_back("gradient " + std::to_string(names.size()));
    builder.makeOp("output", {gradient}, Attrs::of(OutputAttrs{names.back()}));
  }
  Interpreter interpreter(*graph, compile::registry());
  if (names.empty() || !interpret(interpreter, engines, inputs))
    return std::nullopt;
  double sum = 0;
  for (const std::string &name : names) {
    const Tensor &gradient = interpreter.output(name);
    sum += gradient.type().dtype == DType::F64 ? squares<double>(gradient) : squares<float>(gradient);
  }
  return std::sqrt(sum);
}

} // namespace dlc::train
