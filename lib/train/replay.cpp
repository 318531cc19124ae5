// Asks the interpreter, over the graph as autodiff left it, what became of a batch: its first bad value, its gradients.
// Slow, and only run once, when training has failed already.
#include "replay.h"

#include "dlc/ir/builder.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/train/finite.h"
#include "report_text.h"

#include <cmath>

namespace dlc::train {
namespace {

/// Puts a batch and everything else that the graph asks for where it is said to be by name; false where it could not.
using GiveInputs = llvm::function_ref<bool(llvm::function_ref<void *(llvm::StringRef)>)>;

/// The training graph of a batch as autodiff leaves it; null where it cannot be built.
std::unique_ptr<Graph> graphOf(Engines &engines, int64_t rows) {
  Diags unsaid(engines.unit().sources); // its warnings were said when training began
  auto work = compile::compile(engines.unit(), unsaid, {dsl::Mode::Train, rows}, Pipeline::of("infer,autodiff"), {});
  return work.ok() ? std::move(work->net.graph) : nullptr;
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

/// Runs one batch through the interpreter and names the first value that is not finite; "" where all are, or where the
/// samples cannot be read again.
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

/// The norm of the gradients of all parameters, as the optimizer gets them, of one batch in the interpreter. Nothing
/// where the samples cannot be read again or nothing is trained.
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

/// What became of a batch whose loss was not finite.
struct BadBatch {
  std::string first;          ///< the first value that is not finite: "output of linear2 (net.dsl:5:6)"; may be empty
  std::optional<double> norm; ///< of the gradients of the batch before it, where it can be had
};

BadBatch lookInto(Engines &engines, BatchRunner &batches, const Replay &replay, const schedule::Schedule &schedule,
                  const RunCounters &state) {
  BadBatch found;
  if (!replay.restore(engines.parameters()))
    return found;
  // The steps between the snapshot and here had these numbers.
  int64_t step = state.step;
  for (int64_t i = replay.batch(); i < state.batch; ++i)
    step -= batches.updatesAfter(i);
  auto ask = [&](auto question, int64_t i) {
    batches.rest();
    auto answer = question(engines, static_cast<int64_t>(batches.samples(i)), [&](Feeder::Inputs inputs) {
      return static_cast<bool>(batches.feed(i, updateAt(schedule, state, step), inputs));
    });
    batches.rest();
    return answer;
  };
  const dsl::TrainSettings &settings = engines.unit().settings.train;
  const bool asComputed = settings.clipNorm <= 0 && settings.clipValue <= 0 && settings.accumulate == 1;
  for (int64_t i = replay.batch(); i < state.batch; ++i) {
    if (i + 1 == state.batch && asComputed) // the optimizer gets the gradients of the batch, and nothing else
      found.norm = ask(gradientNorm, i);
    if (!batches.run(i, updateAt(schedule, state, step)))
      return found;
    step += batches.updatesAfter(i);
  }
  found.first = ask(firstBadValue, state.batch);
  return found;
}

} // namespace

Update updateAt(const schedule::Schedule &schedule, const RunCounters &state, int64_t step) {
  return {schedule.at(step, state.plateau), state.updates - (state.step - step) + 1};
}

void reportBadLoss(Engines &engines, BatchRunner &batches, const Replay &replay, const schedule::Schedule &schedule,
                   const RunCounters &state, double loss, llvm::StringRef lastGood) {
  const BadBatch bad = lookInto(engines, batches, replay, schedule, state);
  auto error = engines.unit().diags.error("E601");
  error << "loss became " << (std::isnan(loss) ? "NaN" : "infinite") << " at epoch " << state.epoch + 1 << ", batch "
        << state.batch + 1;
  if (!bad.first.empty())
    error.detail("first bad value: " + bad.first +
                 (bad.norm ? ", gradient norm of the batch before: " + formatted("%.2g", *bad.norm) : ""));
  if (!lastGood.empty())
    error.detail("last good state saved in " + lastGood);
  if (state.updates == 0)
    error.help(
        "nothing has been learnt yet, so the values themselves are at fault: look at the data, at prepare and at "
        "the initial weights");
  else
    error.help("lower lr (now " + formatted("%.4g", schedule.at(state.step, state.plateau)) + ")" +
               (engines.unit().settings.train.clipNorm > 0 ? "" : ", or set clip_norm = 1"));
}

void reportBadWeights(Diags &diags, llvm::StringRef bad, double lr, llvm::StringRef lastGood) {
  auto error = diags.error("E602");
  if (bad.empty())
    error << "the final weights are finite, but their loss is not";
  else
    error << "at the end " << bad;
  if (!lastGood.empty())
    error.detail("last good state saved in " + lastGood);
  error.help("lower lr (now " + formatted("%.4g", lr) + "), or set clip_norm = 1");
}

bool couldGoOn(Engines &engines, BatchRunner &batches, Replay &replay, Update update, const RunCounters &state) {
  return firstNotFinite(engines.parameters(), Tensors::All).empty() &&
         givesFiniteLoss(engines, batches, replay, update, state);
}

bool givesFiniteLoss(Engines &engines, BatchRunner &batches, Replay &replay, Update update, const RunCounters &state) {
  replay.take(engines.parameters(), state.batch);
  const bool next = state.batch >= batches.perEpoch();
  batches.startEpoch(state.epoch + next);
  auto loss = batches.run(next ? 0 : state.batch, update);
  replay.restore(engines.parameters());
  batches.startEpoch(state.epoch);
  return !loss || std::isfinite(*loss); // a sample that cannot be read says nothing about the weights
}

} // namespace dlc::train
