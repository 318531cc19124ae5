// Makes ops through their definitions' infer(), and the short names that compositions are written in.
// It does not fold or simplify; passes do.
#include "dlc/ir/builder.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

namespace dlc {

void Builder::report(const OpError &error) {
  DLC_CHECK(listener_) << error.code.str() << ": " << error.message;
  listener_(error, origin_);
}

Op *Builder::makeOp(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands, Attrs attrs) {
  const OpDef *def = registry_.find(mnemonic);
  DLC_CHECK(def) << "no op '" << mnemonic << "' in the registry";
  return makeOp(*def, operands, std::move(attrs));
}

Op *Builder::makeOp(const OpDef &def, llvm::ArrayRef<Value> operands, Attrs attrs) {
  llvm::SmallVector<Type, 4> types;
  for (Value v : operands) {
    DLC_CHECK(v) << "operand of " << def.name << " is no value";
    types.push_back(v.type());
  }
  if (!attrs && def.attrs)
    attrs = Attrs(def.attrs, def.attrs.make());
  OpView view(types, attrs);
  def.infer(view);
  if (view.failed()) {
    report(view.error());
    return nullptr;
  }
  Op *op = graph_.insert(def, operands, view.results(), std::move(attrs), before_);
  op->setOrigin(origin_);
  return op;
}

Value Builder::make(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands, Attrs attrs) {
  Op *op = makeOp(mnemonic, operands, std::move(attrs));
  return op ? op->result() : Value{};
}

Value Builder::scalar(double value, Value like) { return constant(value, {like.dtype(), {}}); }

Value Builder::constant(double value, Type type) {
  return make("constant", {}, ConstAttrs{value, type.dtype, std::move(type.shape)});
}

Value Builder::matmul(Value a, Value b, bool transA, bool transB) {
  return make("matmul", {a, b}, MatmulAttrs{transA, transB});
}

Value Builder::sum(Value a, llvm::ArrayRef<int64_t> axes, bool keep) {
  return make("sum", {a}, ReduceAttrs{Shape(axes.begin(), axes.end()), keep});
}

Value Builder::reduceMax(Value a, llvm::ArrayRef<int64_t> axes, bool keep) {
  return make("reduce_max", {a}, ReduceAttrs{Shape(axes.begin(), axes.end()), keep});
}

Value Builder::mean(Value a, llvm::ArrayRef<int64_t> axes, bool keep) {
  Value total = sum(a, axes, keep);
  double count = static_cast<double>(a.type().elements()) / static_cast<double>(total.type().elements());
  return div(total, scalar(count, total));
}

Value Builder::reshape(Value a, llvm::ArrayRef<int64_t> shape) {
  if (llvm::ArrayRef<int64_t>(a.shape()) == shape)
    return a;
  return make("reshape", {a}, ShapeAttrs{Shape(shape.begin(), shape.end())});
}

Value Builder::broadcast(Value a, llvm::ArrayRef<int64_t> shape) {
  if (llvm::ArrayRef<int64_t>(a.shape()) == shape)
    return a;
  return make("broadcast", {a}, ShapeAttrs{Shape(shape.begin(), shape.end())});
}

Value Builder::transpose(Value a, llvm::ArrayRef<int64_t> order) {
  return make("transpose", {a}, OrderAttrs{Shape(order.begin(), order.end())});
}

Value Builder::cast(Value a, DType dtype) {
  if (a.dtype() == dtype)
    return a;
  return make("cast", {a}, CastAttrs{dtype});
}

} // namespace dlc
