// InstrList: the step of a Program while it is being rearranged, with the readers and writers of every buffer at hand
// in the order of execution. It moves, replaces and removes single instructions in logarithmic time; what to do is
// decided elsewhere.
#pragma once

#include "dlc/program/program.h"

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

  /// Who reads or writes a buffer, in order.
  using Users = llvm::SmallVector<Id, 2>;
  const Users &readers(BufferId buffer) const { return uses_[buffer].readers; }
  const Users &writers(BufferId buffer) const { return uses_[buffer].writers; }
  /// Of `users`, the last before `end`; kFront: none.
  Id lastBefore(const Users &users, Id end) const;
  /// How many of the readers are no maps.
  unsigned otherReaders(BufferId buffer) const { return uses_[buffer].notMaps; }

  /// The last instruction between `begin` and `end`, both excluded, that must not change places with `instr`; kFront:
  /// none.
  Id lastConflict(const Instr &instr, Id begin, Id end) const;

private:
  struct Uses {
    Users readers, writers;
    unsigned notMaps = 0;
  };
  /// Where `id` stands among users, or would stand.
  const Id *place(const Users &users, Id id) const;
  bool add(Users &users, Id id) const;
  bool remove(Users &users, Id id) const;
  void link(Id id);
  void unlink(Id id);
  void attachBehind(Id id, Id where);
  void detach(Id id);
  void relabel();

  struct Node {
    int64_t label = 0; ///< grows along the list
    Id previous = 0, next = 0;
  };
  Program &program_;
  std::vector<Node> nodes_;
  std::vector<Uses> uses_; ///< by buffer
};

} // namespace dlc
