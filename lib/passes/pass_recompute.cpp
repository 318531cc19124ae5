// Gradient checkpointing: what is cheap to compute and waits in memory through the widest place of the step, only to be
// read again behind it, is computed a second time there. Nothing is approximated: the second computation has the bits
// of the first.
#include "dlc/passes/pass.h"

#include "dlc/ir/naming.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

/// Ops that one value may cost when it is computed anew.
constexpr size_t kMostOps = 12;
/// Another place may be the widest afterwards; that is looked at so often.
constexpr unsigned kMostRounds = 4;
/// Elements below which a value is not worth it.
constexpr int64_t kLeastElements = 1024;

class Recomputer {
public:
  Recomputer(Graph &graph, const PassContext &context) : graph_(graph), context_(context) {}

  bool run() {
    bool changed = false;
    unsigned rounds = 0;
    for (bool again = true; again && rounds < kMostRounds; ++rounds) {
      again = false;
      number();
      unsigned peak = widestPlace();
      // From the front: what was decided for a value is known when those behind it are decided on.
      llvm::SmallVector<Op *, 64> candidates;
      for (Op &op : graph_.ops())
        if (numberOf(op) < peak && lastUse_.lookup(&op) > peak && !copies_.contains(&op) && isCheap(op) &&
            op.type().elements() >= kLeastElements)
          candidates.push_back(&op);
      for (Op *op : candidates)
        again |= recompute(*op, peak);
      changed |= again;
    }
    if (changed)
      makeLabelsUnique(graph_);
    return changed;
  }

private:
  static bool isCheap(const Op &op) { return op.results().size() == 1 && (op.def().elementwise || op.def().cheap); }
  static bool movesNothing(const Op &op) { return op.def().layout == Layout::Reshaped; }
  unsigned numberOf(const Op &op) const { return numbers_.lookup(&op); }

  void number() {
    numbers_.clear();
    lastUse_.clear();
    unsigned next = 0;
    for (Op &op : graph_.ops())
      numbers_[&op] = ++next;
    for (Op &op : llvm::reverse(graph_.ops()))
      updateLastUse(op);
  }

  /// The last place where the bytes of an op's results are read, through reshapes.
  void updateLastUse(Op &op) {
    unsigned last = numberOf(op);
    for (Op *user : op.users())
      last = std::max(last, movesNothing(*user) ? lastUse_.lookup(user) : numberOf(*user));
    lastUse_[&op] = last;
  }

  /// Where most bytes are alive.
  unsigned widestPlace() const {
    std::vector<int64_t> change(numbers_.size() + 2, 0);
    for (const Op &op : graph_.ops()) {
      if (op.def().source || movesNothing(op))
        continue;
      for (const Type &type : op.results()) {
        auto bytes = static_cast<int64_t>(type.bytes());
        change[numberOf(op)] += bytes;
        change[lastUse_.lookup(&op) + 1] -= bytes;
      }
    }
    int64_t now = 0, most = -1;
    unsigned widest = 0;
    for (unsigned at = 0; at < change.size(); ++at)
      if ((now += change[at]) > most) {
        most = now;
        widest = at;
      }
    return widest;
  }

  /// The readers of a value behind `place`.
  void lateReaders(Op &op, unsigned place, llvm::SmallVectorImpl<Op *> &readers) const {
    for (Op *user : op.users())
      if (numberOf(*user) > place && !llvm::is_contained(readers, user))
        readers.push_back(user);
  }

  /// Collects what must be computed for `op` at `place`, operands first; false where that is too much or impossible.
  bool collect(Op &op, unsigned place, llvm::SmallVectorImpl<Op *> &ops, bool isRoot) const {
    if (llvm::is_contained(ops, &op))
      return true;
    if (op.def().source || (!isRoot && lastUse_.lookup(&op) >= place && numberOf(op) < place))
      return true;
    if ((!isCheap(op) && !movesNothing(op)) || ops.size() >= kMostOps)
      return false;
    for (Value v : op.operands())
      if (!collect(*v.op, place, ops, false))
        return false;
    ops.push_back(&op);
    return ops.size() <= kMostOps;
  }

  bool recompute(Op &op, unsigned peak) {
    llvm::SmallVector<Op *, 4> readers;
    lateReaders(op, peak, readers);
    if (readers.empty()) // a reshape before the peak reads it
      return false;
    Op *first = *llvm::min_element(readers, [&](Op *a, Op *b) { return numberOf(*a) < numberOf(*b); });
    llvm::SmallVector<Op *, 16> ops;
    if (!collect(op, numberOf(*first), ops, true))
      return false;
    llvm::DenseMap<Op *, Op *> copyOf;
    for (Op *original : ops) {
      Values operands;
      for (Value v : original->operands()) {
        Op *copy = copyOf.lookup(v.op);
        operands.push_back(copy ? Value{copy, v.index} : v);
      }
      Op *copy = graph_.insert(original->def(), operands, original->results(), original->attrs(), first);
      copy->setOrigin(original->origin());
      if (!original->label().empty())
        copy->setLabel(original->label().str() + ".again");
      copies_.insert(copy);
      numbers_[copy] = numberOf(*first); // for the rest of this walk it stands where its reader stands
      copyOf[original] = copy;
    }
    Op *copy = copyOf.lookup(&op);
    for (Op *reader : readers)
      for (size_t i = 0; i < reader->operands().size(); ++i)
        if (reader->operand(i).op == &op)
          graph_.setOperand(*reader, i, {copy, 0});
    for (Op *original : llvm::reverse(ops)) {
      updateLastUse(*copyOf.lookup(original));
      updateLastUse(*original);
    }
    context_.count("recompute");
    return true;
  }

  Graph &graph_;
  const PassContext &context_;
  llvm::DenseMap<const Op *, unsigned> numbers_, lastUse_;
  llvm::DenseSet<const Op *> copies_;
};

PassResult run(Graph &graph, const PassContext &context) {
  return Recomputer(graph, context).run() ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_recompute;
constexpr Pass pass_recompute = {.name = "recompute",
                                 .doc = "Recompute cheap values after the memory peak instead of keeping them live.",
                                 .onGraph = run};

} // namespace dlc
