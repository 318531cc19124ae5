// Emitter, the families that are no maps: products, sums, rows, and moving data.
// What ops ask for is written down as asked; infer() has checked the shapes.
#include "dlc/lower/emitter.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/program/instrs.h"
#include "sizes.h"

namespace dlc {

void Emitter::gemm(const Op &op, Value a, bool transA, Value b, bool transB, Value bias) {
  GemmAttrs attrs;
  const Shape &sa = a.shape(), &sb = b.shape();
  DLC_CHECK(sb.size() == 2 && (sa.size() == 2 || (sa.size() > 2 && !transA))) << op.name() << " of another rank";
  attrs.k = transA ? sa[0] : sa.back();
  attrs.m = transA ? sa[1] : product(llvm::ArrayRef(sa).drop_back());
  attrs.n = transB ? sb[0] : sb[1];
  attrs.a_row = transA ? 1 : attrs.k, attrs.a_col = transA ? attrs.m : 1;
  attrs.b_row = transB ? 1 : attrs.n, attrs.b_col = transB ? attrs.k : 1;
  DLC_CHECK((transB ? sb[1] : sb[0]) == attrs.k) << op.name() << " of sizes that do not fit";
  llvm::SmallVector<BufferId, 3> reads{buffer(a), buffer(b)};
  std::optional<MapCode> code;
  if (bias) {
    attrs.keep = false;
    reads.push_back(buffer(bias));
    code.emplace();
    code->inputs = {{MapInputKind::Acc}, {MapInputKind::Periodic, false, 1, attrs.n}};
    code->outputs = {code->add(MapCode::in(0), MapCode::in(1))};
  }
  append(op, gemmInstr, Attrs::of(attrs), reads, {define(op.result())}, std::move(code));
}

void Emitter::reduce(const Op &op, kernels::ReduceOp f, llvm::ArrayRef<int64_t> axes) {
  const Shape &shape = op.operand(0).shape();
  ReduceInstrAttrs attrs;
  attrs.op = f;
  size_t first = shape.size(), last = 0;
  for (int64_t axis : axes)
    if (shape[static_cast<size_t>(axis)] != 1) {
      first = std::min(first, static_cast<size_t>(axis));
      last = static_cast<size_t>(axis) + 1;
    }
  if (first < last) {
    attrs.outer = product(llvm::ArrayRef(shape).take_front(first));
    attrs.reduce = product(llvm::ArrayRef(shape).slice(first, last - first));
    attrs.inner = product(llvm::ArrayRef(shape).drop_front(last));
  } else
    attrs.inner = product(shape); // a sum of one element each is still a sum: -0 becomes +0
  DLC_CHECK(attrs.outer * attrs.inner == op.type().elements()) << op.name() << " over axes that are not adjacent";
  append(op, reduceInstr, Attrs::of(attrs), {buffer(op.operand(0))}, {define(op.result())});
}

void Emitter::rows(const Op &op, kernels::RowsOp f, llvm::ArrayRef<Value> operands) {
  const Shape &shape = operands[0].shape();
  RowsAttrs attrs;
  attrs.op = f;
  attrs.cols = shape.empty() ? 1 : shape.back();
  attrs.rows = product(shape) / attrs.cols;
  llvm::SmallVector<BufferId, 2> reads, writes;
  for (Value operand : operands)
    reads.push_back(buffer(operand));
  if (f == kernels::RowsOp::CrossEntropy) {
    BufferId probabilities = define(op.result(0));
    writes = {probabilities, define(op.result(1))};
  } else
    writes = {define(op.result())};
  append(op, rowsInstr, Attrs::of(attrs), reads, writes);
}

void Emitter::pick(const Op &op) {
  const Shape &shape = op.operand(0).shape();
  BufferId x = buffer(op.operand(0)), index = buffer(op.operand(1));
  append(op, pickInstr, Attrs::of(IndexAttrs{product(shape) / shape.back(), shape.back()}), {x, index},
         {define(op.result())});
}

void Emitter::oneHot(const Op &op) {
  const Shape &shape = op.type().shape;
  llvm::SmallVector<BufferId, 2> reads;
  for (Value operand : op.operands())
    reads.push_back(buffer(operand));
  append(op, oneHotInstr, Attrs::of(IndexAttrs{product(shape) / shape.back(), shape.back()}), reads,
         {define(op.result())});
}

void Emitter::random(const Op &op, Value step) {
  const auto &attrs = op.attrs<RandomAttrs>();
  llvm::SmallVector<BufferId, 1> reads;
  if (step)
    reads.push_back(buffer(step));
  append(op, randomInstr, Attrs::of(RandomInstrAttrs{op.type().elements(), attrs.seed, attrs.stream}), reads,
         {define(op.result())});
}

//===-- moving data --===//

void Emitter::alias(const Op &op) {
  Place same = place(op.operand(0));
  // A literal keeps its value; if it has a buffer already, that one has the right number of elements too.
  places_[{&op, 0}] = same;
}

static llvm::SmallVector<int64_t, 4> denseStrides(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t, 4> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

void Emitter::transpose(const Op &op, llvm::ArrayRef<int64_t> order) {
  auto from = denseStrides(op.operand(0).shape());
  llvm::SmallVector<int64_t, 4> strides;
  for (int64_t d : order)
    strides.push_back(from[static_cast<size_t>(d)]);
  copy(op, 0, strides);
}

void Emitter::broadcast(const Op &op) {
  const Shape &from = op.operand(0).shape(), &to = op.type().shape;
  if (product(from) == product(to))
    return alias(op);
  if (place(op.operand(0)).literal) {
    Place &where = places_[{&op, 0}];
    where.literal = true;
    where.value = place(op.operand(0)).value;
    return;
  }
  auto dense = denseStrides(from);
  llvm::SmallVector<int64_t, 4> strides(to.size(), 0);
  for (size_t d = 0; d < from.size(); ++d)
    if (from[d] != 1)
      strides[to.size() - from.size() + d] = dense[d];
  copy(op, 0, strides);
}

void Emitter::copy(const Op &op, int64_t offset, llvm::ArrayRef<int64_t> strides) {
  const Shape &shape = op.type().shape;
  DLC_CHECK(strides.size() == shape.size()) << op.name() << " copies with another rank";
  // Dimensions of size 1 say nothing, and neighbours that lie one behind the other are one.
  CopyAttrs attrs;
  attrs.offset = offset;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1)
      continue;
    if (!attrs.sizes.empty() && attrs.strides.back() == strides[d] * shape[d]) {
      attrs.sizes.back() *= shape[d];
      attrs.strides.back() = strides[d];
      continue;
    }
    attrs.sizes.push_back(shape[d]);
    attrs.strides.push_back(strides[d]);
  }
  DLC_CHECK(attrs.sizes.size() <= kernels::kMaxCopyRank) << op.name() << " copies over too many dimensions";
  BufferId source = buffer(op.operand(0));
  append(op, copyInstr, Attrs::of(attrs), {source}, {define(op.result())});
}

} // namespace dlc
