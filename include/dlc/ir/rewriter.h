// Rewriter: the way to change a graph in small steps; a Builder that also replaces and counts.
// Rules get one and never touch the graph behind its back.
#pragma once

#include "dlc/ir/op_def.h"

namespace dlc {

class Rewriter : public Builder {
public:
  using Builder::Builder;

  /// All readers of op's results read `values` instead; op is erased once the rule returns.
  void replace(Op &op, llvm::ArrayRef<Value> values);
  void setOperand(Op &op, size_t i, Value value);

  /// Changes so far; the driver holds a rule's "changed" against it.
  unsigned changes() const { return changes_; }
  bool replaced(const Op &op) const { return replaced_ == &op; }
  void forget() { replaced_ = nullptr; }

private:
  unsigned changes_ = 0;
  const Op *replaced_ = nullptr;
};

/// The op that makes the first operand if it is of the same kind as `op`: the inner one of neg(neg(x)); else null.
inline Op *twinBefore(const Op &op) {
  Op *maker = op.operand(0).op;
  return &maker->def() == &op.def() ? maker : nullptr;
}

} // namespace dlc
