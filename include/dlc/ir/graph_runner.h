// GraphRunner: runs a graph and returns its values by name: the interpreter here, kernels elsewhere.
// It serves checks that compare two ways of running; training runs through train::Engine.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/tensor.h"

#include <functional>
#include <memory>

namespace dlc {

class GraphRunner {
public:
  virtual ~GraphRunner() = default;
  /// Does nothing if the graph has no such input.
  virtual void setInput(llvm::StringRef name, const Tensor &value) = 0;
  /// Of a param or state of the graph; the caller may change the numbers between two runs.
  virtual Tensor &param(llvm::StringRef name) = 0;
  /// One step.
  virtual void run() = 0;
  /// What output() ops saw in the last run.
  virtual Tensor output(llvm::StringRef name) = 0;
};

/// Runs it by the reference loops. `watch`, if any, is told after each op how many of them are done in this run, and
/// how many there are.
using WatchOps = std::function<void(size_t done, size_t all)>;
std::unique_ptr<GraphRunner> interpret(const Graph &graph, const Registry &registry, WatchOps watch = nullptr);

} // namespace dlc
