// lowerGraph: a graph of primitives becomes a Program, op by op in order.
// It reports no user errors: what the verifier let through can be lowered.
#pragma once

#include "dlc/ir/graph.h"
#include "dlc/kernels/kernels.h"
#include "dlc/program/program.h"

namespace dlc {

class Registry; // ir/op_def.h

struct LowerOptions {
  kernels::Isa isa = kernels::kScalar;
  /// Of the Program, where the graph holds no floating-point value.
  DType dtype = DType::F32;
};

/// Every op of the graph must have lower(). The result is neither fused nor planned: those are passes.
Program lowerGraph(const Graph &graph, const Registry &registry, const LowerOptions &options);

} // namespace dlc
