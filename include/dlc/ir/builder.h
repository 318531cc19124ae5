// Builder: the way to create ops; types are inferred at once, so the caller can ask any value for its shape.
// It does not look ops up in the language and does not rewrite what is there (see Rewriter).
#pragma once

#include "dlc/ir/graph.h"
#include "dlc/ir/op_view.h"

#include <functional>

namespace dlc {

class Registry;

class Builder {
public:
  Builder(Graph &graph, const Registry &registry) : graph_(graph), registry_(registry) {}

  Graph &graph() { return graph_; }
  const Registry &registry() const { return registry_; }

  /// New ops stand before `op`; nullptr: at the end of the graph.
  void insertBefore(Op *op) { before_ = op; }
  Op *insertionPoint() const { return before_; }
  /// New ops are said to come from here.
  void setOrigin(Origin origin) { origin_ = std::move(origin); }
  const Origin &origin() const { return origin_; }
  /// Who hears of a user's mistake. Without a listener a mistake is ours: DLC_CHECK.
  using Listener = std::function<void(const OpError &, const Origin &)>;
  void onError(Listener listener) { listener_ = std::move(listener); }
  void report(const OpError &error);

  /// Makes an op by mnemonic. Returns null after an error that was reported to the listener.
  Op *makeOp(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands, Attrs attrs = {});
  Op *makeOp(const OpDef &def, llvm::ArrayRef<Value> operands, Attrs attrs = {});
  /// The same, first result only.
  Value make(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands, Attrs attrs = {});
  template <class A>
    requires requires { A::fields(); }
  Value make(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands, A attrs) {
    return make(mnemonic, operands, Attrs::of(std::move(attrs)));
  }

  // Short names for the ops that compositions and gradients are written in. Element-wise ops broadcast as NumPy does.
  Value add(Value a, Value b) { return make("add", {a, b}); }
  Value sub(Value a, Value b) { return make("sub", {a, b}); }
  Value mul(Value a, Value b) { return make("mul", {a, b}); }
  Value div(Value a, Value b) { return make("div", {a, b}); }
  Value maximum(Value a, Value b) { return make("maximum", {a, b}); }
  Value neg(Value a) { return make("neg", {a}); }
  Value abs(Value a) { return make("abs", {a}); }
  Value exp(Value a) { return make("exp", {a}); }
  Value log(Value a) { return make("log", {a}); }
  Value tanh(Value a) { return make("tanh", {a}); }
  Value sqrt(Value a) { return make("sqrt", {a}); }
  /// 1 where a > b, else 0, in the operands' dtype.
  Value greater(Value a, Value b) { return make("greater", {a, b}); }
  Value select(Value condition, Value yes, Value no) { return make("select", {condition, yes, no}); }
  /// A scalar constant of the dtype of `like`.
  Value scalar(double value, Value like);
  Value constant(double value, Type type);
  /// a[m,k] b[k,n]; transposed operands are [k,m] and [n,k].
  Value matmul(Value a, Value b, bool transA = false, bool transB = false);
  /// Over the given axes (kept with size 1 when keep).
  Value sum(Value a, llvm::ArrayRef<int64_t> axes, bool keep = false);
  Value reduceMax(Value a, llvm::ArrayRef<int64_t> axes, bool keep = false);
  /// sum / number of elements summed.
  Value mean(Value a, llvm::ArrayRef<int64_t> axes, bool keep = false);
  Value reshape(Value a, llvm::ArrayRef<int64_t> shape);
  Value broadcast(Value a, llvm::ArrayRef<int64_t> shape);
  Value transpose(Value a, llvm::ArrayRef<int64_t> order);
  Value cast(Value a, DType dtype);

private:
  Graph &graph_;
  const Registry &registry_;
  Op *before_ = nullptr;
  Origin origin_;
  Listener listener_;
};

/// No gradient for this operand.
inline Value none() { return {}; }

} // namespace dlc
