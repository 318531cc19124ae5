// Emitter, the element-wise part: tile programs of one op, with broadcasting resolved.
// Joining them to each other is the pass fuse.
#include "dlc/lower/emitter.h"

#include "dlc/ir/builder.h"
#include "dlc/ir/expand.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/fuse.h"
#include "dlc/lower/lower.h"
#include "dlc/program/instrs.h"
#include "sizes.h"

#include "llvm/ADT/STLExtras.h"

#include <string>

namespace dlc {

using kernels::MapOp;

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
    BufferId wide = addBuffer(std::move(buffer));
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

// A small graph of the op alone is lowered and fused as any other. No operand is a scalar in it: what is computed from
// scalars is then an expression as the others, with the same bits for every element.
MapCode Emitter::joinedParts(const Op &op) const {
  Graph graph;
  Builder builder(graph, registry_);
  Values operands;
  for (Value v : op.operands())
    operands.push_back(builder.make("input", {}, InputAttrs{std::to_string(operands.size()), v.dtype(), {2}}));
  Op *twin = builder.makeOp(op.def(), operands, op.attrs());
  for (unsigned i = 0; i < op.results().size(); ++i)
    builder.makeOp("output", {twin->result(i)}, Attrs::of(OutputAttrs{std::to_string(i)}));
  expandOp(graph, *twin, registry_);
  Program parts = lowerGraph(graph, registry_, {program_.isa, program_.dtype});
  fuseProgram(parts);
  DLC_CHECK(parts.step.size() == 1 && isMap(parts.step[0])) << op.name() << " is not one tile program";

  auto number = [&](BufferId id) { return static_cast<uint32_t>(std::stoul(parts.buffer(id).external)); };
  const Instr &map = parts.step[0];
  auto toOperand = [&](MapRef ref) {
    return ref.kind == MapRef::Input ? MapRef::input(number(map.reads[ref.index])) : ref;
  };
  MapCode code = *map.code;
  for (size_t i = 0; i < map.writes.size(); ++i)
    code.outputs[number(map.writes[i])] = toOperand(map.code->outputs[i]);
  for (MapCodeStep &step : code.steps)
    for (unsigned a = 0; a < kernels::arity(step.op); ++a)
      step.args[a] = toOperand(step.args[a]);
  return code;
}

void Emitter::composite(const Op &op) {
  auto &known = composites_[&op.def()];
  auto same = llvm::find_if(known, [&](const auto &other) { return other.first == op.attrs(); });
  if (same == known.end())
    same = known.insert(known.end(), {op.attrs(), joinedParts(op)});
  map(op, [&](MapCode &code) {
    code.steps = same->second.steps;
    code.outputs = same->second.outputs;
  });
}

void Emitter::cast(const Op &op) {
  if (op.type().dtype == op.operand(0).dtype())
    return broadcast(op);
  map(op, [](MapCode &code) { code.outputs = {MapCode::in(0)}; });
}

} // namespace dlc
