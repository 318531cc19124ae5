// StepView: what an op sees when it says how it computes one position of a sequence after the other. The pass `step`
// makes one for each op that reads a sequence; ops fill it in and never look at their neighbours.
#pragma once

#include "dlc/ir/builder.h"

#include <optional>
#include <string>

namespace dlc {

/// Where a value has the positions of a sequence: along a dimension, in which neighbours lie `inner` elements apart
/// ([N,T,D] reshaped to [N*T,D] has them along dimension 0).
struct Positions {
  size_t axis = 0;
  int64_t inner = 1;
  friend bool operator==(const Positions &, const Positions &) = default;
};

class StepView {
public:
  /// `operands` are those of one step, `positions` where those of `op` have a sequence; both must live as long.
  /// `states` counts those of the graph.
  StepView(const Op &op, Builder &b, llvm::ArrayRef<Value> operands, llvm::ArrayRef<std::optional<Positions>> positions,
           unsigned &states)
      : op(op), b(b), operands_(operands), positions_(positions), states_(states) {}

  const Op &op; ///< of the whole sequence
  Builder &b;   ///< makes the ops of one step

  /// Operand i as one step has it: with one position, where op.operand(i) is a sequence.
  Value operand(size_t i) const { return operands_[i]; }
  /// Nothing where operand i is no sequence.
  const std::optional<Positions> &positions(size_t i) const { return positions_[i]; }
  /// Whether operand `i` is the only one that is a sequence.
  bool onlySequence(size_t i) const;

  /// A value that is kept from one step to the next: zeros at first, then what keep() was given in the step before.
  Value state(Type type);
  void keep(Value state, Value next);

  /// The results for one position: a sequence, as op.result() has its positions ...
  void sequence(llvm::ArrayRef<Value> results, Positions positions);
  /// ... or what is known after this position of a value that has no positions.
  void latest(llvm::ArrayRef<Value> results);
  /// The same op on the operands of one step. It must have no attribute that says the length of the sequence.
  void again(Positions positions);

  // What came of it.
  llvm::ArrayRef<Value> results() const { return results_; }
  const std::optional<Positions> &resultPositions() const { return resultPositions_; }

private:
  llvm::ArrayRef<Value> operands_;
  llvm::ArrayRef<std::optional<Positions>> positions_;
  unsigned &states_;
  Values results_;
  std::optional<Positions> resultPositions_;
};

/// OpDef::step of an op that works within the rows of operand 0, along its last dimension.
void stepRows(StepView &s);
/// The same of one that works along dimensions first ... last of all operands that are sequences, and no other; they
/// are gone from the result if `reduced`.
void stepBeside(StepView &s, int64_t first, int64_t last, bool reduced);

/// The name of a state, as an input and as an output of the graph of one step.
std::string nameOfState(unsigned number);

} // namespace dlc
