// Emitter: what an op's lower() talks to; it turns values into buffers and appends instructions to a Program.
// It names no op and optimises nothing: fusing, hoisting and planning are passes over the finished Program.
#pragma once

#include "dlc/ir/graph.h"
#include "dlc/kernels/kernels.h"
#include "dlc/program/map_code.h"
#include "dlc/program/program.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"

namespace dlc {

class Registry; // ir/op_def.h

/// How an op writes itself down in kernel families. lower() calls exactly one of these for each result of the op (a few
/// give several results); operands default to the op's own. Shapes were checked by infer(): a mismatch here is ours.
/// Every dtype but i32 must be the Program's.
class Emitter {
public:
  Emitter(Program &program, const kernels::Table &table, const Registry &registry)
      : program_(program), table_(table), registry_(registry), names_(program) {}

  /// Room for the values of so many ops.
  void reserve(size_t ops) { places_.reserve(static_cast<unsigned>(ops)); }

  // Sources. They emit nothing.
  void input(const Op &op);
  /// A parameter, or optimizer state. All ops with one name are one buffer.
  void param(const Op &op);
  /// Every element is the value of ConstAttrs. Becomes a literal in tile programs, and a buffer only where something
  /// else reads it.
  void constant(const Op &op);

  // Element-wise. Operands broadcast as in NumPy to the result's shape; i32 operands are converted when read.
  /// result = f(operands...), as many as f's arity.
  void map(const Op &op, kernels::MapOp f);
  /// The general form: write(code) fills in code.outputs, one for each result of the op, from MapCode::in(i), which are
  /// the operands in order, literals and steps. All results have the same shape.
  ///   e.map(op, [](MapCode &m) { m.outputs = {m.max(m.in(0), m.imm(0))}; });
  void map(const Op &op, llvm::function_ref<void(MapCode &)> write);
  /// The same over other operands than the op's own.
  void map(const Op &op, llvm::ArrayRef<Value> operands, llvm::function_ref<void(MapCode &)> write);
  /// What a composite is made of, as one tile program: all parts are element-wise, as the operands are. Thousands of
  /// parameters are updated in the same way, so that each way is decomposed once.
  void composite(const Op &op);
  /// result = operand, in the result's dtype and shape (i32 becomes float; broadcasts).
  void cast(const Op &op);

  // Linear algebra.
  /// result[m,n] = A B (+ bias[n]); A is a[m,k], or a[k,m] when transA; B is b[k,n], or b[n,k] when transB.
  void gemm(const Op &op, Value a, bool transA, Value b, bool transB, Value bias = {});

  /// Over `axes` of operand 0, ascending and adjacent; any axes of size 1 may be among or between them. Axes of the
  /// result may be kept (size 1) or dropped: only the number of elements matters.
  void reduce(const Op &op, kernels::ReduceOp f, llvm::ArrayRef<int64_t> axes);

  /// Over the last axis. Softmax, LogSoftmax: {x}. SoftmaxGrad, LogSoftmaxGrad: {y, dy}. CrossEntropy: {x, i32 target};
  /// result 0 is softmax(x), result 1 the loss of each row.
  void rows(const Op &op, kernels::RowsOp f, llvm::ArrayRef<Value> operands);
  /// result[i] = x[i, index[i]], x and index being the operands.
  void pick(const Op &op);
  /// result[i, index[i]] = value[i] (1 without one), 0 elsewhere; index and value being the operands.
  void oneHot(const Op &op);
  /// Uniform in [0, 1), a function of RandomAttrs, the i32 scalar `step` (none: 0) and the element's index.
  void random(const Op &op, Value step);

  // Moving data, from operand 0.
  /// The same elements under another shape; no instruction.
  void alias(const Op &op);
  void transpose(const Op &op, llvm::ArrayRef<int64_t> order);
  void broadcast(const Op &op);
  /// result[i...] = operand[offset + sum of i[d] * strides[d]], in elements.
  void copy(const Op &op, int64_t offset, llvm::ArrayRef<int64_t> strides);

  // Effects.
  /// Operand 0, a param, holds operand 1 after the step. Every read of the param in the graph sees the old value.
  void assign(const Op &op);
  /// Operand 0 is readable after a step under the name in OutputAttrs.
  void output(const Op &op);

  /// Emits what had to wait for the end; lowerGraph calls it.
  void finish();

  const Program &program() const { return program_; }
  const kernels::Table &table() const { return table_; }
  /// The buffer of a value, for ops that append instructions themselves; constants are materialised.
  BufferId buffer(Value value);
  /// A new buffer beside those of values.
  BufferId addBuffer(Buffer buffer);
  /// A new temp that holds the result of an op.
  BufferId define(Value result);
  void append(const Op &op, const InstrDef &family, Attrs attrs, llvm::ArrayRef<BufferId> reads,
              llvm::ArrayRef<BufferId> writes, std::optional<MapCode> code = {});

private:
  struct Place {
    BufferId buffer = ~0u;
    bool literal = false; ///< a constant that may still have no buffer
    double value = 0;
  };
  using Key = std::pair<const Op *, unsigned>;
  struct Assignment {
    const Op *op;
    BufferId param, value;
  };
  Place &place(Value value);
  MapCode joinedParts(const Op &op) const;
  MapRef mapOperand(const Op &op, Value value, const Shape &shape, MapCode &code,
                    llvm::SmallVectorImpl<BufferId> &reads);

  Program &program_;
  const kernels::Table &table_;
  const Registry &registry_;
  BufferNames names_;
  llvm::StringMap<BufferId, llvm::BumpPtrAllocator> params_, states_; ///< by the caller's name
  llvm::DenseMap<Key, Place> places_;
  std::vector<Assignment> assignments_;
  /// By definition and attributes; inputs of the code are operands of the op.
  llvm::DenseMap<const OpDef *, llvm::SmallVector<std::pair<Attrs, MapCode>, 2>> composites_;
};

} // namespace dlc
