// Implements Probe.
// Nothing is cached: each question builds the graphs that it needs.
#include "dlc/train/probe.h"

#include "dlc/ir/builder.h"
#include "dlc/ir/eval.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"
#include "dlc/train/init.h"
#include "dlc/train/ports.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc::train {
namespace {

constexpr llvm::StringLiteral kOutput = "probe";

struct Place {
  dsl::Mode mode;
  const char *pipeline;
};
constexpr Place kPlaces[] = {{dsl::Mode::Infer, "infer"},
                             {dsl::Mode::Train, "infer,autodiff"},
                             {dsl::Mode::Infer, "infer,expand"},
                             {dsl::Mode::Train, "infer,autodiff,expand"}};

/// The net of one sample after some passes; without a graph where there is none.
dsl::Net netAt(compile::Unit &unit, const Place &place) {
  Diags unsaid(unit.sources); // what is to be said of the source was said when it was opened
  dsl::Settings settings = unit.settings;
  settings.data.augment = {}; // one sample is not mixed with another one
  compile::Work work;
  work.net = dsl::build(unit.file, settings, compile::vocabulary(), {place.mode, 1}, unsaid);
  if (work.net.graph && !compile::run(work, Pipeline::of(place.pipeline), {}, unsaid).ok())
    work.net.graph.reset();
  return std::move(work.net);
}

/// Inputs that are not of the data: the learning rate is that of the settings, every weight is 1, the step is 0.
void fillScalars(Interpreter &interpreter, const dsl::TrainSettings &settings) {
  for (auto [name, value] : {std::pair<const char *, double>{"lr", settings.lr}, {"weight", 1}, {"batches", 1}})
    if (interpreter.hasInput(name)) {
      Tensor &tensor = interpreter.input(name);
      dispatchFloat(tensor.dtype(), [&, value = value](auto zero) {
        for (auto &x : tensor.span<decltype(zero)>())
          x = static_cast<decltype(zero)>(value);
      });
    }
}

/// What the net gives under this name: `output = g` names no value of its own.
Value outputNamed(const Graph &graph, llvm::StringRef name) {
  for (const Op &op : graph.ops())
    if (const auto *attrs = op.attrsIf<OutputAttrs>(); attrs && attrs->name == name)
      return op.operand(0);
  return {};
}

/// A training step in which `value` is multiplied by 1 before anything reads it, so that its gradient is a value of its
/// own: an op may hand on the gradient of its result as that of its operand. Without a graph where there is no `value`.
dsl::Net netWithGradient(compile::Unit &unit, llvm::StringRef value) {
  dsl::Net net = netAt(unit, {dsl::Mode::Train, "infer"});
  Value of = net.graph ? findValue(*net.graph, value) : Value{};
  if (!of || !isFloat(of.dtype())) {
    net.graph.reset();
    return net;
  }
  const std::string label = of.op->label().str();
  Builder b(*net.graph, compile::registry());
  b.insertBefore(net.graph->ops().getNextNode(*of.op));
  Value one = b.scalar(1, of), same = b.mul(of, one);
  net.graph->replaceUses(of, same);
  net.graph->setOperand(*same.op, 0, of);
  same.op->setLabel(label + ".read");
  Diags unsaid(unit.sources);
  compile::Work work;
  work.net = std::move(net);
  if (!compile::run(work, Pipeline::of("autodiff"), {}, unsaid).ok())
    work.net.graph.reset();
  return std::move(work.net);
}

} // namespace

std::optional<Probe> Probe::find(Engines &engines, llvm::StringRef name, std::string &near) {
  near.clear();
  name.consume_front("%");
  Probe probe;
  std::vector<std::string> names;
  for (const auto &p : engines.parameters().all())
    if (p->isWeight()) {
      names.push_back(p->attrs.name);
      if (p->attrs.name == name) {
        probe.weight_ = p.get();
        return probe;
      }
    }
  auto found = [&](dsl::Net &net, dsl::Mode mode) {
    Value value = net.graph ? findValue(*net.graph, name) : Value{};
    if (!value && net.graph)
      value = outputNamed(*net.graph, name);
    if (!value)
      return false;
    Builder(*net.graph, compile::registry()).makeOp("output", {value}, Attrs::of(OutputAttrs{kOutput.str()}));
    probe.wish_ = DataWish::of(net);
    probe.graph_ = std::move(net.graph);
    probe.mode_ = mode;
    return true;
  };
  if (name.starts_with("d."))
    if (dsl::Net net = netWithGradient(engines.unit(), name.drop_front(2)); found(net, dsl::Mode::Train))
      return probe;
  for (const Place &place : kPlaces) {
    dsl::Net net = netAt(engines.unit(), place);
    if (found(net, place.mode))
      return probe;
    if (!net.graph)
      continue;
    for (std::string &known : valueNames(*net.graph))
      names.push_back(std::move(known));
  }
  llvm::SmallVector<llvm::StringRef, 64> known(names.begin(), names.end());
  near = closest(name, known).str();
  return std::nullopt;
}

Fallible<Tensor> Probe::of(Engines &engines, const data::Samples &samples, uint32_t position,
                           const data::Prepare &prepare) const {
  Interpreter interpreter(*graph_, compile::registry());
  const dsl::TrainSettings &settings = engines.unit().settings.train;
  for (const Op &op : graph_->ops())
    if (const auto *param = op.attrsIf<ParamAttrs>()) {
      if (Parameter *known = engines.parameters().find(param->name))
        interpreter.param(param->name) = known->tensor();
      else
        initialise(interpreter.param(param->name), *param, static_cast<uint64_t>(settings.seed.value));
    }
  fillScalars(interpreter, settings);
  auto inputs = [&](llvm::StringRef name) -> void * {
    return interpreter.hasInput(name) ? interpreter.input(name).data() : nullptr;
  };
  Ports ports(wish_, engines.dtype());
  if (Checked fed = feed(samples, position, prepare, ports.types(), wish_.task, ports.place(inputs, "input", 1),
                         ports.place(inputs, "target", 1));
      !fed)
    return fed.failure();
  ports.deal(inputs, 1);
  interpreter.run();
  return interpreter.output(kOutput);
}

std::string nameOfOutput(llvm::StringRef value) { return ("value." + value).str(); }

dsl::Net netWithOutput(compile::Unit &unit, int64_t batch, llvm::StringRef name) {
  Diags unsaid(unit.sources);
  dsl::Net net = dsl::build(unit.file, unit.settings, compile::vocabulary(), {dsl::Mode::Infer, batch}, unsaid);
  Value value = net.graph ? findValue(*net.graph, name) : Value{};
  if (!value)
    net.graph.reset();
  else
    Builder(*net.graph, compile::registry()).makeOp("output", {value}, Attrs::of(OutputAttrs{nameOfOutput(name)}));
  return net;
}

std::unique_ptr<Engines> enginesLike(Engines &engines) {
  auto copy = std::make_unique<Engines>(engines.unit(), engines.options());
  for (const auto &p : engines.parameters().all())
    if (p->isWeight())
      copy->parameters().add(p->attrs, p->where).tensor() = p->tensor();
  return copy;
}

} // namespace dlc::train
