// Emitter: values become buffers, and what ops ask for becomes instructions of kernel families.
// Broadcasting is resolved here; everything else is written down as asked.
#include "dlc/lower/emitter.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/program/instrs.h"

namespace dlc {

using kernels::MapOp;

static int64_t product(llvm::ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

Emitter::Place &Emitter::place(Value value) {
  auto it = places_.find({value.op, value.index});
  DLC_CHECK(it != places_.end()) << "a value of " << value.op->name() << " has not been lowered";
  return it->second;
}

BufferId Emitter::define(Value result) {
  Buffer buffer;
  llvm::StringRef label = result.op->label();
  buffer.name = label.empty() ? "t" + std::to_string(program_.buffers.size()) : label.str();
  buffer.type = result.type();
  DLC_CHECK(!isFloat(result.dtype()) || result.dtype() == program_.dtype)
      << result.op->name() << " gives " << toString(result.type()) << " in a program of " << name(program_.dtype);
  BufferId id = program_.addBuffer(std::move(buffer));
  places_[{result.op, result.index}].buffer = id;
  return id;
}

BufferId Emitter::buffer(Value value) {
  Place &where = place(value);
  if (where.buffer != ~0u)
    return where.buffer;
  DLC_CHECK(where.literal && isFloat(value.dtype())) << "a constant of " << toString(value.type()) << " in memory";
  Buffer buffer;
  buffer.name = value.op->label().empty() ? "c" + std::to_string(program_.buffers.size()) : value.op->label().str();
  buffer.role = BufferRole::Const;
  buffer.type = value.type();
  where.buffer = program_.addBuffer(std::move(buffer));
  Instr fill;
  fill.family = &mapInstr;
  fill.attrs = Attrs::of(MapAttrs{value.type().elements()});
  fill.writes = {where.buffer};
  fill.code.emplace();
  fill.code->outputs = {MapRef::imm(where.value)};
  fill.origin = value.op->origin().text;
  program_.init.push_back(std::move(fill));
  return where.buffer;
}

void Emitter::append(const Op &op, const InstrDef &family, Attrs attrs, llvm::ArrayRef<BufferId> reads,
                     llvm::ArrayRef<BufferId> writes, std::optional<MapCode> code) {
  Instr instr;
  instr.family = &family;
  instr.attrs = std::move(attrs);
  instr.reads.assign(reads.begin(), reads.end());
  instr.writes.assign(writes.begin(), writes.end());
  instr.code = std::move(code);
  instr.origin = op.origin().text;
  program_.step.push_back(std::move(instr));
}

//===-- sources --------------------------------------------------------------------------------------------------===//

void Emitter::input(const Op &op) {
  BufferId id = define(op.result());
  program_.buffers[id].role = BufferRole::Input;
  program_.buffers[id].external = op.attrs<InputAttrs>().name;
}

void Emitter::param(const Op &op) {
  const auto &attrs = op.attrs<ParamAttrs>();
  BufferRole role = attrs.slot.empty() ? BufferRole::Param : BufferRole::State;
  if (auto known = program_.findExternal(role, attrs.name)) {
    places_[{&op, 0}].buffer = *known;
    return;
  }
  BufferId id = define(op.result());
  program_.buffers[id].role = role;
  program_.buffers[id].external = attrs.name;
}

void Emitter::constant(const Op &op) {
  Place &where = places_[{&op, 0}];
  where.literal = true;
  where.value = op.attrs<ConstAttrs>().value;
}

//===-- element-wise ---------------------------------------------------------------------------------------------===//

/// How an operand's shape, aligned at the right, sits in the result's: nothing where only a copy can bring it there.
static std::optional<MapInputKind> broadcastKind(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to) {
  int64_t count = product(to);
  if (product(from) == count)
    return MapInputKind{MapInputKind::Full};
  if (product(from) == 1)
    return MapInputKind{MapInputKind::Scalar};
  int64_t inner = 1, mid = 1;
  enum { Inner, Mid, Outer } part = Inner;
  for (size_t d = 0; d < to.size(); ++d) {
    int64_t size = to[to.size() - 1 - d];
    int64_t own = d < from.size() ? from[from.size() - 1 - d] : 1;
    if (size == 1)
      continue;
    if (own == size) {
      if (part == Outer)
        return std::nullopt;
      part = Mid;
      mid *= size;
    } else if (part == Inner)
      inner *= size;
    else
      part = Outer;
  }
  return MapInputKind{MapInputKind::Periodic, false, inner, mid};
}

MapRef Emitter::mapOperand(const Op &op, Value value, const Shape &shape, MapCode &code,
                           llvm::SmallVectorImpl<BufferId> &reads) {
  const Place &where = place(value);
  if (where.literal)
    return MapRef::imm(where.value);
  BufferId id = where.buffer;
  auto kind = broadcastKind(value.shape(), shape);
  if (!kind) {
    Type type{value.dtype(), shape};
    Buffer buffer;
    buffer.name = program_.buffer(id).name + ".broadcast";
    buffer.type = type;
    BufferId wide = program_.addBuffer(std::move(buffer));
    llvm::SmallVector<int64_t, 4> strides(shape.size(), 0);
    int64_t stride = 1;
    for (size_t d = 0; d < value.shape().size(); ++d) {
      int64_t own = value.shape()[value.shape().size() - 1 - d];
      if (own != 1)
        strides[shape.size() - 1 - d] = stride;
      stride *= own;
    }
    append(op, copyInstr, Attrs::of(CopyAttrs{shape, Shape(strides), 0}), {id}, {wide});
    id = wide;
    kind = MapInputKind{MapInputKind::Full};
  }
  kind->i32 = value.dtype() == DType::I32;
  for (size_t i = 0; i < reads.size(); ++i)
    if (reads[i] == id && code.inputs[i] == *kind)
      return MapRef::input(static_cast<uint32_t>(i));
  reads.push_back(id);
  code.inputs.push_back(*kind);
  return MapRef::input(static_cast<uint32_t>(reads.size() - 1));
}

void Emitter::map(const Op &op, MapOp f) {
  DLC_CHECK(op.operands().size() == kernels::arity(f)) << op.name() << " maps to " << name(f);
  map(op, [&](MapCode &code) {
    code.outputs = {code.apply(f, MapCode::in(0), kernels::arity(f) > 1 ? MapCode::in(1) : MapRef{},
                               kernels::arity(f) > 2 ? MapCode::in(2) : MapRef{})};
  });
}

void Emitter::map(const Op &op, llvm::function_ref<void(MapCode &)> write) { map(op, op.operands(), write); }

void Emitter::map(const Op &op, llvm::ArrayRef<Value> operands, llvm::function_ref<void(MapCode &)> write) {
  MapCode written;
  written.inputs.resize(operands.size());
  write(written);
  DLC_CHECK(written.outputs.size() == op.results().size()) << op.name() << " has another number of results";
  DLC_CHECK(isFloat(op.type().dtype)) << op.name() << " gives " << toString(op.type());

  // The operands in the order of their first use become literals and inputs.
  MapCode code;
  llvm::SmallVector<BufferId, 4> reads;
  llvm::SmallVector<std::optional<MapRef>, 4> known(operands.size());
  auto translate = [&](MapRef ref) {
    if (ref.kind != MapRef::Input)
      return ref;
    if (!known[ref.index])
      known[ref.index] = mapOperand(op, operands[ref.index], op.type().shape, code, reads);
    return *known[ref.index];
  };
  for (const MapCodeStep &step : written.steps) {
    MapCodeStep copy = step;
    for (unsigned a = 0; a < kernels::arity(step.op); ++a)
      copy.args[a] = translate(step.args[a]);
    code.steps.push_back(copy);
  }
  for (const MapRef &output : written.outputs)
    code.outputs.push_back(translate(output));
  llvm::SmallVector<BufferId, 2> writes;
  for (unsigned i = 0; i < op.results().size(); ++i)
    writes.push_back(define(op.result(i)));
  append(op, mapInstr, Attrs::of(MapAttrs{op.type().elements()}), reads, writes, std::move(code));
}

void Emitter::cast(const Op &op) {
  if (op.type().dtype == op.operand(0).dtype())
    return broadcast(op);
  map(op, [](MapCode &code) { code.outputs = {MapCode::in(0)}; });
}

//===-- families -------------------------------------------------------------------------------------------------===//

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
  attrs.op = f == kernels::ReduceOp::Max ? "max" : "sum";
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
  attrs.op = name(f).str();
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

//===-- moving data ----------------------------------------------------------------------------------------------===//

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

//===-- effects --------------------------------------------------------------------------------------------------===//

void Emitter::output(const Op &op) {
  Value value = op.operand(0);
  BufferId id = buffer(value);
  if (program_.buffer(id).role != BufferRole::Temp) {
    Buffer copied;
    copied.name = op.attrs<OutputAttrs>().name;
    copied.type = value.type();
    BufferId target = program_.addBuffer(std::move(copied));
    append(op, copyInstr, Attrs::of(CopyAttrs{{value.type().elements()}, {1}, 0}), {id}, {target});
    id = target;
  }
  program_.buffers[id].role = BufferRole::Output;
  program_.buffers[id].external = op.attrs<OutputAttrs>().name;
  program_.buffers[id].type = value.type();
}

void Emitter::assign(const Op &op) {
  BufferId target = buffer(op.operand(0));
  DLC_CHECK(program_.buffer(target).role == BufferRole::Param || program_.buffer(target).role == BufferRole::State)
      << "assign to something that is no parameter";
  assignments_.push_back({&op, target, buffer(op.operand(1))});
}

// Assignments wait for the end of the step, so that every reader sees the old value; fusion moves them forward again
// where nobody reads in between.
void Emitter::finish() {
  auto copyOf = [&](const Op &op, BufferId from, BufferId to) {
    MapCode code;
    code.inputs = {{MapInputKind::Full}};
    code.outputs = {MapCode::in(0)};
    append(op, mapInstr, Attrs::of(MapAttrs{program_.buffer(to).type.elements()}), {from}, {to}, std::move(code));
  };
  // The new value of one parameter may be the old value of another.
  for (Assignment &a : assignments_)
    if (BufferRole role = program_.buffer(a.value).role; role == BufferRole::Param || role == BufferRole::State) {
      Buffer old;
      old.name = program_.buffer(a.value).name + ".old";
      old.type = program_.buffer(a.value).type;
      BufferId kept = program_.addBuffer(std::move(old));
      copyOf(*a.op, a.value, kept);
      a.value = kept;
    }
  for (const Assignment &a : assignments_)
    copyOf(*a.op, a.value, a.param);
  assignments_.clear();
}

} // namespace dlc
