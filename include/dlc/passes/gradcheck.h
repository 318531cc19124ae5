// Gradient checks: what autodiff says against central differences of the interpreter.
// It serves `dlc test` and the unit tests of all ops; it checks gradients only, not kernels.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/tensor.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc {

struct GradCheckOptions {
  double step = 1e-5;
  double tolerance = 1e-7; ///< relative to the largest gradient element of the tensor
  int64_t samples = 0;     ///< elements per tensor, evenly spaced; 0: all
};

struct GradCheckRow {
  std::string param;
  Shape shape;
  double maxRelativeError = 0;
  int64_t worstIndex = 0;
  int64_t checked = 0;
  int64_t kinks = 0;  ///< elements where one-sided differences disagree: skipped
  double largest = 0; ///< largest magnitude of the gradient; 0 is suspicious and not ok
  bool ok = false;
};

/// `graph` is a training graph before autodiff, in f64, with an output "loss" and a `minimize` op; `values` gives
/// inputs and params by name, and what it leaves out is zero. One row per trainable param, in graph order.
std::vector<GradCheckRow> checkGradients(const Graph &graph, const Registry &registry,
                                         const std::vector<std::pair<std::string, Tensor>> &values,
                                         const GradCheckOptions &options = {});

/// A training graph around one op: its float operands become trainable params, its results are weighted with fixed
/// numbers and summed to the loss. `values` receives numbers that suit the op (positive where it asks for that, away
/// from kinks). Null for ops that have no gradient or no float operand.
std::unique_ptr<Graph> gradientExample(const OpDef &def, llvm::StringRef example, const Registry &registry,
                                       std::vector<std::pair<std::string, Tensor>> &values);

} // namespace dlc
