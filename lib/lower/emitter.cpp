// Emitter: which buffer holds a value, and what emits nothing or waits for the end: sources, outputs, assignments.
// Element-wise ops are in emit_map.cpp, the other families in emit_families.cpp.
#include "dlc/lower/emitter.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/program/instrs.h"

namespace dlc {

Emitter::Place &Emitter::place(Value value) {
  auto it = places_.find({value.op, value.index});
  DLC_CHECK(it != places_.end()) << "a value of " << value.op->name() << " has not been lowered";
  return it->second;
}

BufferId Emitter::addBuffer(Buffer buffer) { return program_.addBuffer(std::move(buffer), names_); }

BufferId Emitter::define(Value result) {
  Buffer buffer;
  llvm::StringRef label = result.op->label();
  buffer.name = label.empty() ? "t" + std::to_string(program_.buffers.size()) : label.str();
  buffer.type = result.type();
  DLC_CHECK(!isFloat(result.dtype()) || result.dtype() == program_.dtype)
      << result.op->name() << " gives " << toString(result.type()) << " in a program of " << name(program_.dtype);
  BufferId id = addBuffer(std::move(buffer));
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
  where.buffer = addBuffer(std::move(buffer));
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
  Instr &instr = program_.step.emplace_back();
  instr.family = &family;
  instr.attrs = std::move(attrs);
  instr.reads.assign(reads.begin(), reads.end());
  instr.writes.assign(writes.begin(), writes.end());
  instr.code = std::move(code);
  instr.origin = op.origin().text;
}

//===-- sources --===//

void Emitter::input(const Op &op) {
  BufferId id = define(op.result());
  program_.buffers[id].role = BufferRole::Input;
  program_.buffers[id].external = op.attrs<InputAttrs>().name;
}

void Emitter::param(const Op &op) {
  const auto &attrs = op.attrs<ParamAttrs>();
  BufferRole role = attrs.slot.empty() ? BufferRole::Param : BufferRole::State;
  auto [known, isNew] = (role == BufferRole::Param ? params_ : states_).try_emplace(attrs.name);
  if (!isNew) {
    places_[{&op, 0}].buffer = known->second;
    return;
  }
  BufferId id = define(op.result());
  known->second = id;
  program_.buffers[id].role = role;
  program_.buffers[id].external = attrs.name;
}

void Emitter::constant(const Op &op) {
  Place &where = places_[{&op, 0}];
  where.literal = true;
  where.value = op.attrs<ConstAttrs>().value;
}

//===-- effects --===//

void Emitter::output(const Op &op) {
  Value value = op.operand(0);
  BufferId id = buffer(value);
  if (program_.buffer(id).role != BufferRole::Temp) {
    Buffer copied;
    copied.name = op.attrs<OutputAttrs>().name;
    copied.type = value.type();
    BufferId target = addBuffer(std::move(copied));
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
      BufferId kept = addBuffer(std::move(old));
      copyOf(*a.op, a.value, kept);
      a.value = kept;
    }
  for (const Assignment &a : assignments_)
    copyOf(*a.op, a.value, a.param);
  assignments_.clear();
}

} // namespace dlc
