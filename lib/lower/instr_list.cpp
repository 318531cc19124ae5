// Labels that grow along the list answer "which comes first" at once; where two neighbours leave no label between them,
// all are given anew. The sets of users stay sorted then, because the order does not change.
#include "instr_list.h"

#include "dlc/program/instrs.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {

InstrList::InstrList(Program &program)
    : program_(program), nodes_(program.step.size() + 1), uses_(program.buffers.size()) {
  for (Id id = 1; id < nodes_.size(); ++id) {
    nodes_[id].previous = id - 1;
    nodes_[id - 1].next = id;
  }
  nodes_.back().next = kFront;
  nodes_[kFront].previous = static_cast<Id>(nodes_.size() - 1);
  relabel();
  for (Id id = 1; id < nodes_.size(); ++id)
    link(id);
}

void InstrList::put() {
  std::vector<Instr> ordered;
  ordered.reserve(nodes_.size());
  for (Id id = first(); id != kFront; id = next(id))
    ordered.push_back(std::move(program_.step[id - 1]));
  program_.step = std::move(ordered);
}

void InstrList::relabel() {
  const int64_t gap = INT64_MAX / static_cast<int64_t>(nodes_.size() + 1);
  int64_t label = 0;
  nodes_[kFront].label = 0;
  for (Id id = first(); id != kFront; id = next(id))
    nodes_[id].label = label += gap;
}

const InstrList::Id *InstrList::place(const Users &users, Id id) const {
  return llvm::lower_bound(users, id, [&](Id a, Id b) { return before(a, b); });
}

bool InstrList::add(Users &users, Id id) const {
  const Id *at = place(users, id);
  if (at != users.end() && *at == id)
    return false;
  users.insert(users.begin() + (at - users.begin()), id);
  return true;
}

bool InstrList::remove(Users &users, Id id) const {
  const Id *at = place(users, id);
  if (at == users.end() || *at != id)
    return false;
  users.erase(at);
  return true;
}

void InstrList::link(Id id) {
  const Instr &instr = (*this)[id];
  for (BufferId buffer : instr.reads)
    if (add(uses_[buffer].readers, id) && instr.family != &mapInstr)
      ++uses_[buffer].notMaps;
  for (BufferId buffer : instr.writes)
    add(uses_[buffer].writers, id);
}

void InstrList::unlink(Id id) {
  const Instr &instr = (*this)[id];
  for (BufferId buffer : instr.reads)
    if (remove(uses_[buffer].readers, id) && instr.family != &mapInstr)
      --uses_[buffer].notMaps;
  for (BufferId buffer : instr.writes)
    remove(uses_[buffer].writers, id);
}

void InstrList::replace(Id id, Instr instr) {
  unlink(id);
  program_.step[id - 1] = std::move(instr);
  link(id);
}

void InstrList::erase(Id id) {
  unlink(id);
  detach(id);
}

void InstrList::detach(Id id) {
  Node &node = nodes_[id];
  nodes_[node.previous].next = node.next;
  nodes_[node.next].previous = node.previous;
}

void InstrList::moveBehind(Id id, Id where) {
  if (where == id || nodes_[id].previous == where)
    return;
  unlink(id);
  detach(id);
  attachBehind(id, where);
  link(id);
}

void InstrList::attachBehind(Id id, Id where) {
  auto gapBehind = [&] {
    Id after = nodes_[where].next;
    return (after == kFront ? INT64_MAX : nodes_[after].label) - nodes_[where].label;
  };
  if (gapBehind() < 2)
    relabel();
  Node &node = nodes_[id];
  node.label = nodes_[where].label + gapBehind() / 2;
  node.previous = where;
  node.next = nodes_[where].next;
  nodes_[node.next].previous = id;
  nodes_[where].next = id;
}

InstrList::Id InstrList::lastBefore(const Users &users, Id end) const {
  const Id *it = end == kFront ? users.end() : place(users, end);
  return it == users.begin() ? kFront : it[-1];
}

InstrList::Id InstrList::lastConflict(const Instr &instr, Id begin, Id end) const {
  Id last = begin;
  auto look = [&](const Users &users) {
    Id found = lastBefore(users, end);
    if (found != kFront && before(last, found))
      last = found;
  };
  for (BufferId buffer : instr.reads)
    look(writers(buffer));
  for (BufferId buffer : instr.writes) {
    look(readers(buffer));
    look(writers(buffer));
  }
  return last == begin ? kFront : last;
}

} // namespace dlc
