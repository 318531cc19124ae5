// fuse: a map joins the map, gemm or conv that wrote what it reads; any chain, any number of results, updates of
// parameters included. It looks at families and buffers only, so whatever op lowers to a map fuses on the day it is
// added.
#include "dlc/lower/fuse.h"
#include "dlc/program/instrs.h"
#include "edit.h"
#include "forward_copies.h"
#include "instr_list.h"
#include "tile.h"

#include "llvm/ADT/DenseMap.h"

namespace dlc {

namespace {

class Fuser {
public:
  using Id = InstrList::Id;
  explicit Fuser(Program &program) : program_(program), step_(program) {}

  bool run() {
    // A walk from front to back joins what it meets; what a join makes possible before it is left to the next walk. The
    // last one finds nothing and collects the refusals.
    bool changed = false;
    for (bool again = true; again;) {
      again = recomputeCheap();
      moveScalarsUp();
      refusals_.clear();
      rank();
      for (Id id = step_.first(); id != InstrList::kFront;) {
        Id next = step_.next(id);
        again |= joinProducers(id);
        id = next;
      }
      changed |= again;
    }
    for (const Refusal &r : refusals_)
      program_.remark([&] {
        return "fuse: " + text(step_[r.consumer]) + " does not join " + text(step_[r.producer]) + ": " + text(r);
      });
    step_.put();
    return changed;
  }

private:
  bool isMap(Id id) const { return dlc::isMap(step_[id]); }

  void rank() {
    rank_.assign(program_.step.size() + 1, 0);
    size_t rank = 0;
    for (Id id = step_.first(); id != InstrList::kFront; id = step_.next(id)) {
      rank_[id] = rank;
      rank += !isMap(id);
    }
  }

  /// Whether a result would wait in memory while much else is computed. A map that is late for a reason, as one that
  /// computes an activation anew for the backward pass, is not fetched to where the forward pass has the operands at
  /// hand.
  bool farApart(Id producer, Id consumer) const { return rank_[consumer] > rank_[producer] + kFar; }
  static constexpr size_t kFar = 8; ///< gemms, convs and others that are no maps

  /// Single numbers (step sizes, corrections) are computed as early as possible, behind those that are there already:
  /// what they enter into can then be joined early too.
  void moveScalarsUp() {
    // A run is an instruction of another kind and the scalars right behind it. By id: the head of the run, and its last
    // scalar.
    llvm::DenseMap<Id, Id> headOf, lastOf;
    Id head = InstrList::kFront;
    for (Id id = step_.first(), next; id != InstrList::kFront; id = next) {
      next = step_.next(id);
      if (!isMap(id) || tileCount(step_[id]) != 1) {
        head = id;
        continue;
      }
      Id barrier = step_.lastConflict(step_[id], InstrList::kFront, id);
      auto known = headOf.find(barrier);
      Id target = known == headOf.end() ? barrier : known->second;
      if (target != head) {
        auto last = lastOf.find(target);
        step_.moveBehind(id, last == lastOf.end() ? target : last->second);
      }
      headOf[id] = target;
      lastOf[target] = id;
    }
  }

  /// A cheap map over what is kept in memory anyway (such as the sign of an activation that a gemm reads, too) is worth
  /// no buffer of its own between then and its readers, when those are maps: each computes it anew.
  bool recomputeCheap() {
    bool changed = false;
    for (Id id = step_.first(), next; id != InstrList::kFront; id = next) {
      next = step_.next(id);
      llvm::SmallVector<Id, 4> readers = cheapReaders(id);
      if (readers.empty())
        continue;
      program_.remark([&] { return "fuse: " + text(step_[id]) + " is recomputed by its readers"; });
      for (Id reader : readers)
        step_.replace(reader, joinInstrs(step_[id], step_[reader], {}));
      step_.erase(id);
      changed = true;
    }
    return changed;
  }

  /// The readers of an instruction, if it is such a map; else none.
  llvm::SmallVector<Id, 4> cheapReaders(Id id) const {
    const Instr &map = step_[id];
    if (!dlc::isMap(map) || map.writes.size() != 1 || program_.buffer(map.writes[0]).role != BufferRole::Temp ||
        map.code->steps.size() > 2)
      return {};
    for (const MapCodeStep &step : map.code->steps)
      if (kernels::micro(step.op).cost != kernels::Cost::Little)
        return {};
    bool full = false;
    for (size_t r = 0; r < map.reads.size(); ++r) {
      full |= map.code->inputs[r].source == MapInputKind::Full;
      if (!keptAnyway(map.reads[r]))
        return {};
    }
    const InstrList::Users &users = step_.readers(map.writes[0]);
    if (!full || users.empty())
      return {};
    for (BufferId read : map.reads) // nobody may overwrite it until the last of them
      if (auto &writers = step_.writers(read); !writers.empty() && step_.before(id, writers.last()))
        return {};
    llvm::SmallVector<Id, 4> readers = users.all();
    for (Id reader : readers) {
      const Instr &instr = step_[reader];
      if (!dlc::isMap(instr) || tileCount(instr) != tileCount(map) ||
          instr.code->inputs.size() + map.code->inputs.size() > kernels::kMaxMapInputs / 2)
        return {};
      for (size_t r = 0; r < instr.reads.size(); ++r)
        if (instr.reads[r] == map.writes[0] && instr.code->inputs[r].source != MapInputKind::Full)
          return {};
    }
    return readers;
  }

  bool keptAnyway(BufferId id) const {
    return program_.buffer(id).role != BufferRole::Temp || step_.otherReaders(id) > 0;
  }

  /// Joins a map to what wrote its operands, the latest first, and the result to what wrote its own, as long as that
  /// goes.
  bool joinProducers(Id consumer) {
    bool changed = false;
    for (bool joined = true; joined && isMap(consumer);) {
      joined = false;
      llvm::SmallVector<Id, 4> producers;
      for (BufferId buffer : step_[consumer].reads)
        if (Id writer = step_.lastBefore(step_.writers(buffer), consumer);
            writer != InstrList::kFront && !llvm::is_contained(producers, writer))
          producers.push_back(writer);
      llvm::sort(producers, [&](Id a, Id b) { return step_.before(b, a); });
      for (Id producer : producers) {
        Refusal refusal{consumer, producer};
        if (join(refusal)) {
          consumer = producer;
          joined = changed = true;
          break;
        }
        refusals_.push_back(refusal);
      }
    }
    return changed;
  }

  /// Why a map does not join; the words are found when a reader wants them, as most refusals are of walks before the
  /// last one.
  struct Refusal {
    Id consumer, producer;
    enum Why : uint8_t { NoTileProgram, OtherSize, SameResult, OtherElements, Between, WaitsLong, TooLarge, StillRead };
    Why why = NoTileProgram;
    BufferId buffer = 0;            ///< OtherElements, StillRead
    Id between = InstrList::kFront; ///< Between

    bool because(Why reason, BufferId of = 0) {
      why = reason, buffer = of;
      return false;
    }
  };
  std::string text(const Refusal &r) const {
    const Instr &producer = step_[r.producer], &consumer = step_[r.consumer];
    switch (r.why) {
    case Refusal::NoTileProgram:
      return producer.family->name.str() + " takes no tile program";
    case Refusal::OtherSize:
      return "it has " + std::to_string(tileCount(consumer)) + " elements, not " + std::to_string(tileCount(producer));
    case Refusal::SameResult:
      return "both write the same buffer";
    case Refusal::OtherElements:
      return program_.buffer(r.buffer).name + " is not read element by element";
    case Refusal::Between:
      return text(step_[r.between]) + " comes between them";
    case Refusal::WaitsLong:
      return "its result would be live long before anything reads it";
    case Refusal::TooLarge:
      return "the tile program would exceed the kernels' limits";
    case Refusal::StillRead:
      return program_.buffer(r.buffer).name + " would be overwritten while still in use";
    }
    return {};
  }

  /// Whether the consumer has joined the producer, which bears the id of both then; else the refusal says why not.
  bool join(Refusal &refusal) {
    const Id producerId = refusal.producer, consumerId = refusal.consumer;
    const Instr &producer = step_[producerId], &consumer = step_[consumerId];
    if (!dlc::isMap(producer) && !accumulatorOf(producer))
      return refusal.because(Refusal::NoTileProgram);
    if (tileCount(producer) != tileCount(consumer))
      return refusal.because(Refusal::OtherSize);
    if (touches(producer.writes, consumer.writes))
      return refusal.because(Refusal::SameResult);
    for (size_t r = 0; r < consumer.reads.size(); ++r) {
      const MapInputKind &kind = consumer.code->inputs[r];
      if ((kind.source != MapInputKind::Full || kind.i32) && llvm::is_contained(producer.writes, consumer.reads[r]))
        return refusal.because(Refusal::OtherElements, consumer.reads[r]);
    }
    // The producer moves down to the last instruction that the consumer must stay behind.
    Id behind = step_.lastConflict(consumer, producerId, consumerId);
    if (behind != InstrList::kFront) {
      refusal.between = step_.lastConflict(producer, producerId, step_.next(behind));
      if (refusal.between != InstrList::kFront)
        return refusal.because(Refusal::Between);
    }

    // What nobody else reads need not reach memory.
    llvm::SmallVector<BufferId, 4> kept;
    llvm::copy_if(producer.writes, std::back_inserter(kept), [&](BufferId id) { return neededBeside(id, consumerId); });
    if (kept.size() == producer.writes.size() && farApart(producerId, consumerId) && tileCount(consumer) > 1 &&
        llvm::all_of(consumer.writes, [&](BufferId id) { return program_.buffer(id).role == BufferRole::Temp; }))
      return refusal.because(Refusal::WaitsLong);
    Instr joined = joinInstrs(producer, consumer, kept);
    if (joined.code && !fits(*joined.code))
      return refusal.because(Refusal::TooLarge);
    for (size_t w = 0; w < joined.writes.size(); ++w)
      for (size_t r = 0; r < joined.reads.size(); ++r)
        if (joined.writes[w] == joined.reads[r] && !joined.family->inPlace(joined, w, r))
          return refusal.because(Refusal::StillRead, joined.writes[w]);

    program_.remark([&] { return "fuse: " + text(consumer) + " joins " + text(producer); });
    step_.erase(consumerId);
    step_.replace(producerId, std::move(joined));
    if (behind != InstrList::kFront)
      step_.moveBehind(producerId, behind);
    return true;
  }

  bool neededBeside(BufferId id, Id consumer) const {
    if (program_.buffer(id).role != BufferRole::Temp)
      return true;
    const InstrList::Users &readers = step_.readers(id);
    return readers.size() > (step_.contains(readers, consumer) ? 1u : 0u);
  }

  /// "map h2 (net.dsl:4:7)"
  std::string text(const Instr &instr) const {
    std::string result = instr.family->name.str() + " " + program_.buffer(instr.writes[0]).name;
    return instr.origin.empty() ? result : result + " (" + instr.origin + ")";
  }

  Program &program_;
  InstrList step_;
  std::vector<Refusal> refusals_; ///< of the last walk
  std::vector<size_t> rank_;      ///< by id: how many instructions before it are no maps, when the walk began
};

} // namespace

bool fuseProgram(Program &program) {
  const bool forwarded = forwardCopies(program);
  const bool joined = Fuser(program).run();
  if (forwarded || joined)
    dropUnusedBuffers(program);
  return forwarded || joined;
}

} // namespace dlc
