// InstrList: the step of a Program while it is being rearranged, with the readers and writers of every buffer at hand
// in the order of execution. It moves, replaces and removes single instructions in logarithmic time; what to do is
// decided elsewhere.
#pragma once

#include "dlc/program/program.h"

#include <memory>
#include <set>

namespace dlc {

class InstrList {
public:
  using Id = uint32_t;            ///< stays the same wherever the instruction moves
  static constexpr Id kFront = 0; ///< stands before all instructions and is none

  /// Until put() the step of `program` is a store: instructions stay where they are in it, in the order of their ids.
  explicit InstrList(Program &program);
  InstrList(const InstrList &) = delete;
  InstrList &operator=(const InstrList &) = delete;
  void put();

  const Instr &operator[](Id id) const { return program_.step[id - 1]; }
  /// kFront behind the last one.
  Id first() const { return nodes_[kFront].next; }
  Id next(Id id) const { return nodes_[id].next; }
  Id previous(Id id) const { return nodes_[id].previous; }
  bool before(Id a, Id b) const { return nodes_[a].label < nodes_[b].label; }

  void replace(Id id, Instr instr);
  void erase(Id id);
  /// `id` stands right behind `where` (kFront: in front of all).
  void moveBehind(Id id, Id where);

  class Users;
  const Users &readers(BufferId buffer) const { return uses_[buffer].readers; }
  const Users &writers(BufferId buffer) const { return uses_[buffer].writers; }
  /// How many of the readers are no maps.
  unsigned otherReaders(BufferId buffer) const { return uses_[buffer].notMaps; }

  /// The last instruction between `begin` and `end`, both excluded, that must not change places with `instr`; kFront:
  /// none.
  Id lastConflict(const Instr &instr, Id begin, Id end) const;

private:
  struct Node {
    int64_t label = 0; ///< grows along the list
    Id previous = 0, next = 0;
  };
  struct Before {
    const std::vector<Node> *nodes;
    bool operator()(Id a, Id b) const { return (*nodes)[a].label < (*nodes)[b].label; }
  };

public:
  /// Who reads or writes a buffer, in order: a sorted list while they are few, a tree where they are many, as the
  /// readers of a step size are.
  class Users {
  public:
    bool empty() const { return size() == 0; }
    size_t size() const { return many_ ? many_->size() : few_.size(); }
    bool contains(Id id, Before before) const;
    /// The last one, and the last before `end`; kFront: none.
    Id last() const;
    Id lastBefore(Id end, Before before) const;
    llvm::SmallVector<Id, 4> all() const;
    /// Whether it was not there, or was.
    bool add(Id id, Before before);
    bool remove(Id id, Before before);

  private:
    static constexpr size_t kFew = 64;
    llvm::SmallVector<Id, 2> few_;
    std::unique_ptr<std::set<Id, Before>> many_;
  };
  bool contains(const Users &users, Id id) const { return users.contains(id, order()); }
  /// Of `users`, the last before `end` (kFront: of all); kFront: none.
  Id lastBefore(const Users &users, Id end) const {
    return end == kFront ? users.last() : users.lastBefore(end, order());
  }

private:
  struct Uses {
    Users readers, writers;
    unsigned notMaps = 0;
  };
  Before order() const { return {&nodes_}; }
  void link(Id id);
  void unlink(Id id);
  void attachBehind(Id id, Id where);
  void detach(Id id);
  void makeRoom(Id where);

  Program &program_;
  std::vector<Node> nodes_;
  std::vector<Uses> uses_; ///< by buffer
};

} // namespace dlc
