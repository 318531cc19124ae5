// Labels that grow along the list answer "which comes first" at once; where two neighbours leave no label between them,
// some of those around are given anew. The sets of users stay sorted then, because the order does not change.
#include "instr_list.h"

#include "dlc/program/instrs.h"
#include "dlc/support/check.h"

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
  const int64_t gap = INT64_MAX / static_cast<int64_t>(nodes_.size() + 1);
  for (Id id = 1; id < nodes_.size(); ++id)
    nodes_[id].label = nodes_[id - 1].label + gap;
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

//===-- users ---===//

bool InstrList::Users::contains(Id id, Before before) const {
  if (many_)
    return many_->count(id);
  const Id *at = llvm::lower_bound(few_, id, before);
  return at != few_.end() && *at == id;
}

InstrList::Id InstrList::Users::last() const {
  if (empty())
    return kFront;
  return many_ ? *many_->rbegin() : few_.back();
}

InstrList::Id InstrList::Users::lastBefore(Id end, Before before) const {
  if (many_) {
    auto at = many_->lower_bound(end);
    return at == many_->begin() ? kFront : *std::prev(at);
  }
  const Id *at = llvm::lower_bound(few_, end, before);
  return at == few_.begin() ? kFront : at[-1];
}

llvm::SmallVector<InstrList::Id, 4> InstrList::Users::all() const {
  return many_ ? llvm::SmallVector<Id, 4>(many_->begin(), many_->end())
               : llvm::SmallVector<Id, 4>(few_.begin(), few_.end());
}

bool InstrList::Users::add(Id id, Before before) {
  if (!many_ && few_.size() >= kFew) {
    many_ = std::make_unique<std::set<Id, Before>>(few_.begin(), few_.end(), before);
    few_.clear();
  }
  if (many_)
    return many_->insert(id).second;
  Id *at = llvm::lower_bound(few_, id, before);
  if (at != few_.end() && *at == id)
    return false;
  few_.insert(at, id);
  return true;
}

bool InstrList::Users::remove(Id id, Before before) {
  if (many_)
    return many_->erase(id) != 0;
  Id *at = llvm::lower_bound(few_, id, before);
  if (at == few_.end() || *at != id)
    return false;
  few_.erase(at);
  return true;
}

void InstrList::link(Id id) {
  const Instr &instr = (*this)[id];
  for (BufferId buffer : instr.reads)
    if (uses_[buffer].readers.add(id, order()) && !isMap(instr))
      ++uses_[buffer].notMaps;
  for (BufferId buffer : instr.writes)
    uses_[buffer].writers.add(id, order());
}

void InstrList::unlink(Id id) {
  const Instr &instr = (*this)[id];
  for (BufferId buffer : instr.reads)
    if (uses_[buffer].readers.remove(id, order()) && !isMap(instr))
      --uses_[buffer].notMaps;
  for (BufferId buffer : instr.writes)
    uses_[buffer].writers.remove(id, order());
}

//===-- order ---===//

void InstrList::replace(Id id, Instr instr) {
  // Most of what it reads it read before, and those who read a step size are many.
  Instr &old = program_.step[id - 1];
  const bool wasMap = isMap(old), staysMap = isMap(instr);
  for (BufferId buffer : old.reads)
    if ((wasMap != staysMap || !llvm::is_contained(instr.reads, buffer)) && uses_[buffer].readers.remove(id, order()))
      uses_[buffer].notMaps -= !wasMap;
  for (BufferId buffer : instr.reads)
    if ((wasMap != staysMap || !llvm::is_contained(old.reads, buffer)) && uses_[buffer].readers.add(id, order()))
      uses_[buffer].notMaps += !staysMap;
  for (BufferId buffer : old.writes)
    if (!llvm::is_contained(instr.writes, buffer))
      uses_[buffer].writers.remove(id, order());
  for (BufferId buffer : instr.writes)
    if (!llvm::is_contained(old.writes, buffer))
      uses_[buffer].writers.add(id, order());
  old = std::move(instr);
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
    makeRoom(where);
  Node &node = nodes_[id];
  node.label = nodes_[where].label + gapBehind() / 2;
  node.previous = where;
  node.next = nodes_[where].next;
  nodes_[node.next].previous = id;
  nodes_[where].next = id;
}

/// Spreads evenly what bears the labels around `where`: as few of them as leave all in the stretch enough room, so that
/// this is seldom and short however often one place is asked for (Bender, Cole, Demaine, Farach-Colton, Zito: Two
/// Simplified Algorithms for Maintaining Order in a List, ESA 2002).
void InstrList::makeRoom(Id where) {
  Id begin = where, end = nodes_[where].next; // one behind the other, `end` excluded
  int64_t count = 1;
  double most = 1;
  for (unsigned bits = 1;; ++bits) {
    DLC_CHECK(bits < 63) << "an order without room";
    most *= 1.5;
    const int64_t low = nodes_[where].label >> bits << bits, size = int64_t(1) << bits;
    for (; begin != kFront && nodes_[nodes_[begin].previous].label >= low; ++count)
      begin = nodes_[begin].previous;
    for (; end != kFront && nodes_[end].label - low < size; ++count)
      end = nodes_[end].next;
    if (bits < 8 || static_cast<double>(count) > most)
      continue;
    for (int64_t i = 0; i < count; ++i, begin = nodes_[begin].next)
      nodes_[begin].label = low + i * (size / count);
    return;
  }
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
