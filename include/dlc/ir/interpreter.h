// The interpreter: expands every composite and runs the primitives' reference loops, one op after the other.
// Slow and obviously right: the reference that programs are compared with, and `--isa=reference`.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/tensor.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <functional>
#include <memory>

namespace dlc {

class Interpreter {
public:
  /// Takes a copy of the graph (after autodiff where it trains; `minimize` has no meaning of its own).
  Interpreter(const Graph &graph, const Registry &registry);
  ~Interpreter();

  /// Values by name: inputs before run(), params and states at any time. Zero until set. The tensor's type is fixed.
  Tensor &input(llvm::StringRef name);
  bool hasInput(llvm::StringRef name) const;
  std::vector<std::string> inputNames() const;
  Tensor &param(llvm::StringRef name);
  /// What output() ops saw in the last run.
  const Tensor &output(llvm::StringRef name) const;
  /// One step: all reads of a param see the value from before the step; assigns take effect at the end.
  void run();
  /// The first op, in order, whose result has a NaN or an infinity in the last run; null if none.
  /// Only with keepValues(true).
  const Op *firstBadOp() const;
  void keepValues(bool on) { keep_ = on; }
  /// Called after each op of a run with the number of those that are done, and of all.
  void watch(std::function<void(size_t done, size_t all)> watcher) { watch_ = std::move(watcher); }

private:
  std::unique_ptr<Graph> graph_;
  llvm::StringMap<Tensor> inputs_, params_, outputs_;
  llvm::DenseMap<const Op *, unsigned> lastUse_;
  std::function<void(size_t, size_t)> watch_;
  bool keep_ = false;
  const Op *firstBad_ = nullptr;
};

} // namespace dlc
