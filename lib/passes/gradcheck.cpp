// Central differences, element by element, against one run of the differentiated graph.
// The loss is seen as a function of the params only; inputs stay fixed, and who runs it is up to the caller.
#include "dlc/passes/gradcheck.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/passes/pipeline.h"
#include "dlc/support/philox.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace dlc {
namespace {

/// The training graph with plain steps of size 1: the change of a param is its gradient.
std::unique_ptr<Graph> withPlainSteps(const Graph &graph, const Registry &registry, std::string &lrName) {
  std::unique_ptr<Graph> copy = graph.clone();
  for (Op &op : copy->ops())
    if (op.attrsIf<MinimizeAttrs>()) {
      copy->setAttrs(op, Attrs::of(MinimizeAttrs{"sgd", ""}));
      lrName = op.operand(1).op->attrs<InputAttrs>().name;
    }
  DLC_CHECK(runPasses(*copy, "autodiff,dce", {registry}).ok());
  return copy;
}

/// The graph without updates: only the loss.
std::unique_ptr<Graph> lossOnly(const Graph &graph, const Registry &registry) {
  std::unique_ptr<Graph> copy = graph.clone();
  for (auto it = copy->ops().begin(); it != copy->ops().end();) {
    Op &op = *it++;
    const auto *output = op.attrsIf<OutputAttrs>();
    if (op.attrsIf<MinimizeAttrs>() || (output && output->name != "loss"))
      copy->erase(&op);
  }
  DLC_CHECK(runPasses(*copy, "dce", {registry}).ok());
  return copy;
}

bool isChecked(const Op &op) {
  const auto *param = op.attrsIf<ParamAttrs>();
  return param && param->trainable;
}

/// The loss as a function of the elements of one param, which lies at `weights`.
class Differences {
public:
  Differences(GraphRunner &loss, std::span<double> weights) : loss(loss), weights(weights) { here = value(); }

  struct Slope {
    double numeric;
    /// How much the slopes on the two sides differ, and by how much each changes on its own side.
    double bend, smooth;
    /// A kink here: the sides differ by far more than curvature can explain.
    bool kinked(double least) const { return bend > least && bend > 4 * smooth; }
  };
  Slope at(size_t i, double h) {
    double &x = weights[i], x0 = x;
    auto lossAt = [&](double where) {
      x = where;
      return value();
    };
    double up = lossAt(x0 + h), down = lossAt(x0 - h), up2 = lossAt(x0 + 2 * h), down2 = lossAt(x0 - 2 * h);
    x = x0;
    double right = (up - here) / h, left = (here - down) / h;
    double right2 = (up2 - up) / h, left2 = (down - down2) / h;
    // Fourth order (Abramowitz and Stegun 25.3.6 with step h).
    return {(8 * (up - down) - (up2 - down2)) / (12 * h), std::fabs(right - left),
            std::fabs(right2 - right) + std::fabs(left - left2)};
  }
  /// What rounding may make of a slope.
  double noise(double h) const {
    return 100 * std::numeric_limits<double>::epsilon() * std::max(1.0, std::fabs(here)) / h;
  }

  static constexpr int64_t kRuns = 4; ///< of the loss, for each slope

private:
  double value() {
    loss.run();
    output = loss.output("loss");
    return output.span<double>()[0];
  }
  GraphRunner &loss;
  std::span<double> weights;
  double here = 0;
  Tensor output;
};

enum class Verdict : uint8_t { Good, GoodBetweenKinks, Kink, Wrong };

/// Where a net has thousands of kinks (ReLU on a picture), a step of the usual size crosses some of them, each too weak
/// to be seen as one. Then the slope depends on the step, and says nothing; a smaller step fits between two of them,
/// and tells as much as rounding leaves. What two steps agree on, and is not the gradient, is a wrong gradient.
Verdict judge(Differences &differences, size_t i, double analytic, double unit, double scale,
              const GradCheckOptions &options, double &error) {
  constexpr int kSmallerSteps = 3;
  double h = options.step;
  Differences::Slope slope = differences.at(i, h);
  if (slope.kinked(1e-3 * scale))
    return Verdict::Kink;
  error = std::fabs(slope.numeric - analytic) / unit;
  if (error <= options.tolerance)
    return Verdict::Good;
  // Smaller steps give fewer digits: they cannot serve who asks for more than there are.
  constexpr double kFinest = 1e-10;
  if (options.tolerance < kFinest)
    return Verdict::Wrong;
  for (int smaller = 0; smaller < kSmallerSteps; ++smaller) {
    h /= 10;
    const Differences::Slope next = differences.at(i, h);
    const double bound = std::max(options.tolerance * unit, differences.noise(h));
    error = std::fabs(next.numeric - analytic) / unit;
    if (error * unit <= bound)
      return Verdict::GoodBetweenKinks;
    if (next.kinked(bound))
      return Verdict::Kink;
    if (!(std::fabs(next.numeric - slope.numeric) > bound))
      return Verdict::Wrong;
    slope = next;
  }
  return Verdict::Kink;
}

/// Compares the slopes of one param with `analytic`, at one element of each of `samples` equal parts.
void checkParam(GradCheckRow &row, std::span<const double> analytic, Differences &differences, int64_t samples,
                const GradCheckOptions &options, llvm::function_ref<void()> done) {
  RandomStream random(options.seed, RandomUse::Test, stableHash(row.param.data(), row.param.size()), 2);
  auto count = static_cast<int64_t>(analytic.size());
  for (double x : analytic)
    row.largest = std::max(row.largest, std::fabs(x));
  // Some gradients are zero by nature (softmax does not see the bias of an attention's keys); what is left of them
  // is rounding, which the differences of a loss of this size do not resolve.
  const double noise = differences.noise(options.step);
  const double unit = row.largest < noise ? noise / options.tolerance : row.largest;
  for (int64_t s = 0; s < samples; ++s, done()) {
    const int64_t first = s * count / samples, behind = (s + 1) * count / samples;
    int64_t i = first + static_cast<int64_t>(random.uniform() * static_cast<double>(behind - first));
    // Behind a ReLU most gradients of a large tensor may be zero; every other entry is one that is not, where there is
    // one, and the rest show that the zeros are right.
    if (s % 2 == 0 && analytic[static_cast<size_t>(i)] == 0) {
      auto part = analytic.subspan(static_cast<size_t>(first), static_cast<size_t>(behind - first));
      auto flows = std::find_if(part.begin() + (i - first), part.end(), [](double x) { return x != 0; });
      if (flows == part.end())
        flows = std::find_if(part.begin(), part.end(), [](double x) { return x != 0; });
      if (flows != part.end())
        i = first + (flows - part.begin());
    }
    double error = 0;
    const Verdict verdict = judge(differences, static_cast<size_t>(i), analytic[static_cast<size_t>(i)], unit,
                                  std::max(row.largest, 1e-3), options, error);
    if (verdict == Verdict::Kink) {
      ++row.kinks;
      continue;
    }
    ++row.checked;
    if (verdict == Verdict::GoodBetweenKinks) {
      ++row.betweenKinks;
      row.errorBetweenKinks = std::max(row.errorBetweenKinks, error);
    } else if (!(error <= row.maxRelativeError) && !std::isnan(row.maxRelativeError)) { // NaN stays
      row.maxRelativeError = error;
      row.worstIndex = i;
    }
  }
  row.ok = row.checked > 0 && row.largest > 0 && row.maxRelativeError <= options.tolerance;
}

} // namespace

void setValues(GraphRunner &runner, const Graph &graph, const NamedTensors &values) {
  llvm::StringMap<const Tensor *> known;
  for (const auto &[name, tensor] : values)
    known[name] = &tensor;
  for (const Op &op : graph.ops()) {
    if (const auto *input = op.attrsIf<InputAttrs>())
      if (const Tensor *tensor = known.lookup(input->name))
        runner.setInput(input->name, *tensor);
    if (const auto *param = op.attrsIf<ParamAttrs>())
      if (const Tensor *tensor = known.lookup(param->name)) // in place: a runner may hold the address
        std::memcpy(runner.param(param->name).data(), tensor->data(), tensor->bytes());
  }
}

GradientGraphs gradientGraphs(const Graph &graph, const Registry &registry) {
  GradientGraphs graphs;
  graphs.step = withPlainSteps(graph, registry, graphs.lr);
  graphs.loss = lossOnly(graph, registry);
  return graphs;
}

int64_t samplesWithin(const Graph &loss, double runs, int64_t least, int64_t most) {
  int64_t samples = most;
  auto needed = [&] {
    int64_t sum = 0;
    for (const Op &op : loss.ops())
      if (isChecked(op))
        sum += 1 + Differences::kRuns * std::min(samples, op.type().elements());
    return static_cast<double>(sum);
  };
  while (samples > least && needed() > runs)
    --samples;
  return samples;
}

std::vector<GradCheckRow> checkGradients(const GradientGraphs &graphs, GraphRunner &step, GraphRunner &loss,
                                         const NamedTensors &values, const GradCheckOptions &options) {
  setValues(step, *graphs.step, values);
  setValues(loss, *graphs.loss, values);
  Tensor one({DType::F64, {}});
  one.span<double>()[0] = 1;
  step.setInput(graphs.lr, one);
  step.run();

  auto samplesOf = [&](const Op &op) {
    const int64_t count = op.type().elements();
    return options.samples > 0 ? std::min(options.samples, count) : count;
  };
  int64_t all = 0, done = 0;
  for (const Op &op : graphs.loss->ops())
    all += isChecked(op) ? samplesOf(op) : 0;
  std::vector<GradCheckRow> rows;
  for (const Op &op : graphs.loss->ops()) {
    if (!isChecked(op))
      continue;
    GradCheckRow row{.param = op.attrs<ParamAttrs>().name, .shape = op.type().shape};
    std::span<double> weights = loss.param(row.param).span<double>();
    std::span<const double> stepped = std::as_const(step.param(row.param)).span<double>();
    std::vector<double> analytic(weights.size());
    for (size_t i = 0; i < weights.size(); ++i)
      analytic[i] = weights[i] - stepped[i];
    Differences differences(loss, weights);
    checkParam(row, analytic, differences, samplesOf(op), options, [&] {
      if (++done; options.watch)
        options.watch(done, all);
    });
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<GradCheckRow> checkGradients(const Graph &graph, const Registry &registry, const NamedTensors &values,
                                         const GradCheckOptions &options) {
  GradientGraphs graphs = gradientGraphs(graph, registry);
  return checkGradients(graphs, *interpret(*graphs.step, registry), *interpret(*graphs.loss, registry), values,
                        options);
}

std::unique_ptr<Graph> gradientExample(const OpDef &def, llvm::StringRef example, const Registry &registry,
                                       NamedTensors &values) {
  if (!def.differentiable || def.role == Role::Optimizer)
    return nullptr;
  std::unique_ptr<Graph> source = parseExample(example, registry, DType::F64);
  auto graph = std::make_unique<Graph>();
  Builder b(*graph, registry);
  llvm::DenseMap<const Op *, Op *> twins;
  Value loss;
  bool anyParam = false;
  uint32_t stream = 0;
  auto uniform = [&](uint64_t e) { return exactUniform<double>(11, stream, 0, e); };
  for (Op &op : source->ops()) {
    ++stream;
    if (const auto *input = op.attrsIf<InputAttrs>()) {
      Tensor tensor(op.type());
      if (isFloat(input->dtype)) {
        ParamAttrs param;
        param.name = input->name;
        param.dtype = input->dtype;
        param.shape = input->shape;
        twins[&op] = b.makeOp("param", {}, Attrs::of(param));
        anyParam = true;
        uint64_t e = 0;
        for (double &x : tensor.span<double>()) {
          double u = uniform(e++);
          // Magnitudes in [0.1, 0.9): away from the kinks at 0, and inside every op's domain.
          x = 0.1 + 0.8 * u;
          if (!def.positive && uniform((uint64_t{1} << 32) + e) < 0.5)
            x = -x;
        }
      } else {
        twins[&op] = b.makeOp("input", {}, op.attrs());
        // Indices that are in range for any example: 0, 1, 2.
        int32_t next = 0;
        for (int32_t &x : tensor.span<int32_t>())
          x = next++ % 3;
      }
      values.emplace_back(input->name, std::move(tensor));
      continue;
    }
    Values operands;
    for (Value v : op.operands())
      operands.push_back({twins.lookup(v.op), v.index});
    const auto *output = op.attrsIf<OutputAttrs>();
    if (!output) {
      twins[&op] = b.makeOp(op.def(), operands, op.attrs());
      continue;
    }
    if (!isFloat(operands[0].dtype()))
      continue;
    // Fixed weights that are neither equal nor symmetric, so that no error cancels.
    std::string name = "weight." + output->name;
    Value weights = b.make("input", {}, InputAttrs{name, operands[0].dtype(), operands[0].shape()});
    Tensor tensor(weights.type());
    uint64_t e = 0;
    for (double &x : tensor.span<double>())
      x = uniform(e++) - 0.3;
    values.emplace_back(name, std::move(tensor));
    Value product = b.mul(operands[0], weights);
    Value part = b.sum(b.reshape(product, {product.type().elements()}), {0});
    loss = loss ? b.add(loss, part) : part;
  }
  if (!anyParam || !loss)
    return nullptr;
  Value lr = b.make("input", {}, InputAttrs{"lr", DType::F64, {}});
  b.makeOp("output", {loss}, Attrs::of(OutputAttrs{"loss"}));
  b.makeOp("minimize", {loss, lr}, Attrs::of(MinimizeAttrs{}));
  return graph;
}

} // namespace dlc
