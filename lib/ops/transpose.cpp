// Reorders dimensions: result dimension i is operand dimension order[i].
// Transposed matrix operands need no op; matmul reads either way.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/rewriter.h"
#include "dlc/lower/emitter.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::ops {
namespace {

// The language leaves the batch out: Transpose([1, 0]) turns T x D into D x T.
Value build(LayerBuilder &b) {
  const Shape &written = b.args.shape("order");
  const llvm::ArrayRef<int64_t> sample = llvm::ArrayRef(b.input.shape()).drop_front();
  Shape order{0};
  for (int64_t from : written)
    order.push_back(from + 1);
  Shape sorted = written;
  llvm::sort(sorted);
  for (size_t axis = 0; axis < sample.size(); ++axis)
    if (sorted.size() != sample.size() || sorted[axis] != static_cast<int64_t>(axis)) {
      b.error("E230").at("order") << "the order of Transpose must name each of the " << sample.size() << " axes of "
                                  << shapeText(sample) << " once, from 0";
      return {};
    }
  return b.transpose(b.input, order);
}

constexpr ArgSpec kArgs[] = {
    arg::shape("order", "", "for each axis of the result, the source axis of the sample").from(0)};

void infer(OpView &op) {
  const Shape &order = op.attrs<OrderAttrs>().order, &shape = op.shape(0);
  Shape result, seen(shape.size(), 0);
  for (int64_t from : order) {
    if (from < 0 || static_cast<size_t>(from) >= shape.size() || seen[static_cast<size_t>(from)]++)
      break;
    result.push_back(shape[static_cast<size_t>(from)]);
  }
  if (result.size() != shape.size() || order.size() != shape.size())
    op.error("E230") << "the order of a transpose of " << shapeText(shape) << " names each of its " << shape.size()
                     << " dimensions once";
  else
    op.result({op.type(0).dtype, result});
}

void reference(const Op &op, Eval &eval) {
  const Shape &order = op.attrs<OrderAttrs>().order, &from = op.operand(0).shape(), &to = op.type().shape;
  Shape stride(from.size(), 1), index(from.size(), 0);
  for (size_t d = from.size(); d-- > 1;)
    stride[d - 1] = stride[d] * from[d];
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto source = eval.in[0]->span<decltype(zero)>();
    for (auto &x : eval.out[0]->span<decltype(zero)>()) {
      int64_t at = 0;
      for (size_t d = 0; d < to.size(); ++d)
        at += index[d] * stride[static_cast<size_t>(order[d])];
      x = source[static_cast<size_t>(at)];
      for (size_t d = to.size(); d-- > 0 && ++index[d] == to[d];)
        index[d] = 0;
    }
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  const Shape &order = op.attrs<OrderAttrs>().order;
  Shape back(order.size());
  for (size_t d = 0; d < order.size(); ++d)
    back[static_cast<size_t>(order[d])] = static_cast<int64_t>(d);
  return {b.transpose(dy[0], back)};
}

void lower(const Op &op, Emitter &e) { e.transpose(op, op.attrs<OrderAttrs>().order); }

// Before: transpose(transpose(x))   After: one transpose, or x   Smaller: the length of the chain.
bool transposeTwice(Op &op, Rewriter &r) {
  Op *inner = twinBefore(op);
  if (!inner)
    return false;
  const Shape &outerOrder = op.attrs<OrderAttrs>().order, &innerOrder = inner->attrs<OrderAttrs>().order;
  Shape order;
  bool identity = true;
  for (int64_t d : outerOrder) {
    order.push_back(innerOrder[static_cast<size_t>(d)]);
    identity &= order.back() == static_cast<int64_t>(order.size()) - 1;
  }
  r.replace(op, {identity ? inner->operand(0) : r.transpose(inner->operand(0), order)});
  return true;
}

constexpr Rule kRules[] = {{"transpose-twice", transposeTwice}};
} // namespace

extern constexpr OpDef transpose =
    lawful({.name = "transpose",
            .role = Role::Layer,
            .layer = "Transpose",
            .doc = "Permutes the dimensions.",
            .operands = {"x"},
            .attrs = attrTable<OrderAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"transpose(f32[2,3]) {order=[1,0]}", "transpose(f32[2,3,4]) {order=[2,0,1]}"},
            .rules = kRules,
            .places = Places::ChannelsFirst,
            .layout = Layout::Permuted});

} // namespace dlc::ops
