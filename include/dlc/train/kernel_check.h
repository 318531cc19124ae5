// Kernel checks: the steps of a graph on kernels against the same steps on the interpreter, bit for bit.
// They serve `dlc test`: they train nothing, and whether gradients are right is not their business
// (passes/gradcheck.h).
#pragma once

#include "dlc/ir/graph_runner.h"
#include "dlc/kernels/kernels.h"
#include "dlc/passes/gradcheck.h"
#include "dlc/runtime/thread_team.h"

#include "absl/status/statusor.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

struct KernelOptions {
  kernels::Isa isa = kernels::kScalar;
  DType dtype = DType::F32; ///< of graphs without floating-point values
  /// Those after "lower". Where single weights change between two runs, "hoist" would pack them all again.
  std::string programPasses = "fuse,hoist,plan";
  uint64_t maxMemory = ~uint64_t{0};
};

/// A runner of a graph of primitives, compiled for an instruction set. Status: ResourceExhausted where memory is not to
/// be had, or more is needed than allowed.
absl::StatusOr<std::unique_ptr<GraphRunner>> compileGraph(const Graph &graph, const KernelOptions &options,
                                                          ThreadTeam &team);

/// The time of one step on one thread as a rough estimate from sizes alone, in ns: no result of a run depends on the
/// machine.
double estimatedTime(const Graph &graph, DType dtype);

/// Whether the kernels of an instruction set promise the bits of the interpreter: those that fuse multiplication and
/// addition do.
inline bool promisesBits(kernels::Isa isa) { return isa->fuses; }

/// Steps of one graph: what is in its inputs in each, and in its params before the first.
struct Steps {
  const Graph *graph = nullptr;
  NamedTensors params;
  std::vector<NamedTensors> inputs;
};

/// All outputs, params and states after each of the steps.
std::vector<NamedTensors> valuesAfter(const Steps &steps, GraphRunner &runner);

/// One tensor that came out otherwise.
struct KernelDifference {
  std::string tensor;
  Type type;
  int64_t step = 0;   ///< from 1
  int64_t differ = 0; ///< how many of its numbers
  int64_t index = 0;  ///< of the first of them, in row-major order
  double kernels = 0, interpreter = 0;
};

struct KernelCheck {
  int64_t tensors = 0, numbers = 0;
  double largest = 0; ///< magnitude among what was expected; where it is 0, nothing was seen
  /// Those of the first step that differs.
  std::vector<KernelDifference> differences;
};

/// Runs the steps and holds what comes out against `expected`: equal bits, where NaN is NaN whatever its payload; or,
/// with a bound above 0, outputs that differ by no more than that share of the largest in their tensor, and nothing of
/// the params.
KernelCheck checkKernels(const Steps &steps, GraphRunner &kernels, const std::vector<NamedTensors> &expected,
                         double bound = 0);

} // namespace dlc::train
