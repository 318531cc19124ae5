// Central differences through the interpreter, element by element, against one run of the differentiated graph.
// The loss is seen as a function of the params only; inputs stay fixed.
#include "dlc/passes/gradcheck.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/text.h"
#include "dlc/passes/passes.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <cmath>
#include <limits>

namespace dlc {
namespace {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

void setValues(Interpreter &interpreter, const Graph &graph, const NamedTensors &values) {
  llvm::StringMap<const Tensor *> known;
  for (const auto &[name, tensor] : values)
    known[name] = &tensor;
  for (const Op &op : graph.ops()) {
    const bool isInput = op.name() == "input";
    if (!isInput && op.name() != "param")
      continue;
    const std::string &name = isInput ? op.attrs<InputAttrs>().name : op.attrs<ParamAttrs>().name;
    if (const Tensor *tensor = known.lookup(name))
      (isInput ? interpreter.input(name) : interpreter.param(name)) = *tensor;
  }
}

/// The training graph with plain steps of size 1: the change of a param is its gradient.
std::unique_ptr<Graph> withPlainSteps(const Graph &graph, const Registry &registry, std::string &lrName) {
  std::unique_ptr<Graph> copy = graph.clone();
  for (Op &op : copy->ops())
    if (op.name() == "minimize") {
      copy->setAttrs(op, Attrs::of(MinimizeAttrs{"sgd", ""}));
      lrName = op.operand(1).op->attrs<InputAttrs>().name;
    }
  std::string failure;
  PassContext context{registry};
  DLC_CHECK(runPasses(*copy, "autodiff,dce", context, {}, failure)) << failure;
  return copy;
}

/// The graph without updates: only the loss.
std::unique_ptr<Graph> lossOnly(const Graph &graph, const Registry &registry) {
  std::unique_ptr<Graph> copy = graph.clone();
  for (auto it = copy->ops().begin(); it != copy->ops().end();) {
    Op &op = *it++;
    if (op.name() == "minimize" || (op.name() == "output" && op.attrs<OutputAttrs>().name != "loss"))
      copy->erase(&op);
  }
  std::string failure;
  PassContext context{registry};
  DLC_CHECK(runPasses(*copy, "dce", context, {}, failure)) << failure;
  return copy;
}

} // namespace

std::vector<GradCheckRow> checkGradients(const Graph &graph, const Registry &registry, const NamedTensors &values,
                                         const GradCheckOptions &options) {
  std::string lrName;
  std::unique_ptr<Graph> stepGraph = withPlainSteps(graph, registry, lrName), lossGraph = lossOnly(graph, registry);
  Interpreter step(*stepGraph, registry), forward(*lossGraph, registry);
  setValues(step, *stepGraph, values);
  setValues(forward, *lossGraph, values);
  step.input(lrName).span<double>()[0] = 1;
  step.run();

  std::vector<GradCheckRow> rows;
  for (Op &op : lossGraph->ops()) {
    if (op.name() != "param" || !op.attrs<ParamAttrs>().trainable)
      continue;
    GradCheckRow row{.param = op.attrs<ParamAttrs>().name, .shape = op.type().shape};
    auto lossAt = [&](double &x, double value) {
      x = value;
      forward.run();
      return forward.output("loss").span<double>()[0];
    };
    std::span<double> weights = forward.param(row.param).span<double>();
    std::span<const double> stepped = step.param(row.param).span<double>();
    std::vector<double> analytic(weights.size());
    for (size_t i = 0; i < weights.size(); ++i) {
      analytic[i] = weights[i] - stepped[i];
      row.largest = std::max(row.largest, std::fabs(analytic[i]));
    }
    auto count = static_cast<int64_t>(weights.size());
    int64_t samples = options.samples > 0 ? std::min(options.samples, count) : count;
    for (int64_t s = 0; s < samples; ++s) {
      auto i = static_cast<size_t>(s * count / samples);
      double &x = weights[i], x0 = x, h = options.step;
      double here = lossAt(x, x0), up = lossAt(x, x0 + h), down = lossAt(x, x0 - h);
      double up2 = lossAt(x, x0 + 2 * h), down2 = lossAt(x, x0 - 2 * h);
      x = x0;
      // Fourth order (Abramowitz and Stegun 25.3.6 with step h).
      double numeric = (8 * (up - down) - (up2 - down2)) / (12 * h);
      // At a kink the slopes on the two sides differ by far more than curvature can explain.
      double right = (up - here) / h, left = (here - down) / h;
      double right2 = (up2 - up) / h, left2 = (down - down2) / h;
      double bend = std::fabs(right - left), smooth = std::fabs(right2 - right) + std::fabs(left - left2);
      double scale = std::max(row.largest, 1e-3);
      if (bend > 1e-3 * scale && bend > 4 * smooth) {
        ++row.kinks;
        continue;
      }
      ++row.checked;
      // Some gradients are zero by nature (softmax does not see the bias of an attention's keys); what is left of them
      // is rounding, which the differences of a loss of this size do not resolve.
      double noise = 100 * std::numeric_limits<double>::epsilon() * std::max(1.0, std::fabs(here)) / h;
      double unit = row.largest < noise ? noise / options.tolerance : row.largest;
      double error = std::fabs(numeric - analytic[i]) / unit;
      if (!(error <= row.maxRelativeError) && !std::isnan(row.maxRelativeError)) { // NaN stays
        row.maxRelativeError = error;
        row.worstIndex = static_cast<int64_t>(i);
      }
    }
    row.ok = row.checked > 0 && row.largest > 0 && row.maxRelativeError <= options.tolerance;
    rows.push_back(std::move(row));
  }
  return rows;
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
    if (op.name() == "input") {
      const auto &attrs = op.attrs<InputAttrs>();
      Tensor tensor(op.type());
      if (isFloat(attrs.dtype)) {
        ParamAttrs param;
        param.name = attrs.name;
        param.dtype = attrs.dtype;
        param.shape = attrs.shape;
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
        twins[&op] = b.makeOp("input", {}, Attrs::of(attrs));
        // Indices that are in range for any example: 0, 1, 2.
        int32_t next = 0;
        for (int32_t &x : tensor.span<int32_t>())
          x = next++ % 3;
      }
      values.emplace_back(attrs.name, std::move(tensor));
      continue;
    }
    Values operands;
    for (Value v : op.operands())
      operands.push_back({twins.lookup(v.op), v.index});
    if (op.name() != "output") {
      twins[&op] = b.makeOp(op.def(), operands, op.attrs());
      continue;
    }
    if (!isFloat(operands[0].dtype()))
      continue;
    // Fixed weights that are neither equal nor symmetric, so that no error cancels.
    std::string name = "weight." + op.attrs<OutputAttrs>().name;
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
