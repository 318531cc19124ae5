// Gradient checks: what autodiff says against central differences of the loss.
// It serves `dlc test` and the unit tests of all ops; it checks gradients only, not kernels.
#pragma once

#include "dlc/ir/graph_runner.h"
#include "dlc/ir/op_def.h"
#include "dlc/support/tensor.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dlc {

struct GradCheckOptions {
  double step = 1e-5;
  double tolerance = 1e-7; ///< relative to the largest gradient element of the tensor
  int64_t samples = 0;     ///< elements per tensor, one drawn from each of as many equal parts; 0: all
  uint64_t seed = 0;       ///< of that drawing
  /// Told how many elements are done, and of how many.
  std::function<void(int64_t done, int64_t all)> watch{};
};

struct GradCheckRow {
  std::string param;
  Shape shape;
  double maxRelativeError = 0;
  double errorBetweenKinks = 0; ///< the same of the elements in betweenKinks, where rounding allows no better
  int64_t worstIndex = 0;
  int64_t checked = 0;
  int64_t betweenKinks = 0; ///< of these, those that only a smaller step saw, and so with fewer digits
  int64_t kinks = 0;        ///< elements where one-sided differences disagree, or those of several steps: skipped
  double largest = 0;       ///< largest magnitude of the gradient; 0 is suspicious and not ok
  bool ok = false;
};

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// What a check runs: a step that moves every trainable param by its gradient, and the loss alone.
struct GradientGraphs {
  std::unique_ptr<Graph> step, loss;
  std::string lr; ///< the input of `step` that is to be 1
};
/// `graph` is a training graph before autodiff, in f64, with an output "loss" and a `minimize` op.
GradientGraphs gradientGraphs(const Graph &graph, const Registry &registry);

/// The largest number of elements a tensor, between `least` and `most`, with which a check runs the loss at most `runs`
/// times (more often where even `least` asks for more).
int64_t samplesWithin(const Graph &loss, double runs, int64_t least, int64_t most);

/// `step` and `loss` run the two graphs; `values` gives inputs and params by name, and what it leaves out is zero. One
/// row per trainable param, in graph order.
std::vector<GradCheckRow> checkGradients(const GradientGraphs &graphs, GraphRunner &step, GraphRunner &loss,
                                         const NamedTensors &values, const GradCheckOptions &options = {});
/// The same on the interpreter.
std::vector<GradCheckRow> checkGradients(const Graph &graph, const Registry &registry, const NamedTensors &values,
                                         const GradCheckOptions &options = {});
/// Gives a runner of `graph` those of `values` that the graph has.
void setValues(GraphRunner &runner, const Graph &graph, const NamedTensors &values);

/// A training graph around one op: its float operands become trainable params, its results are weighted with fixed
/// numbers and summed to the loss. `values` receives numbers that suit the op (positive where it asks for that, away
/// from kinks). Null for ops that have no gradient or no float operand.
std::unique_ptr<Graph> gradientExample(const OpDef &def, llvm::StringRef example, const Registry &registry,
                                       NamedTensors &values);

} // namespace dlc
