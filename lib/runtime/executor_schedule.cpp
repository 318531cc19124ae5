// Which thread runs which grains, and where the threads must meet.
// A barrier stands only where an instruction touches bytes that another thread may have touched since the last one.
#include "dlc/program/instrs.h"
#include "dlc/runtime/executor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <map>

namespace dlc {

namespace {

constexpr int kEveryThread = -1;

/// How one operand of an instruction is touched.
struct Access {
  const std::byte *begin, *end;
  bool write;
  int thread; ///< who touches it; kEveryThread: all, each its slice
  size_t grains,
      count; ///< not 0: thread t touches just the elements of its slice of so many grains of `count` elements
  friend bool operator==(const Access &, const Access &) = default;
};

/// Whether two accesses to bytes that they share must not happen at the same time on different threads.
bool conflict(const Access &a, const Access &b) {
  if (!a.write && !b.write)
    return false;
  if (a.thread != kEveryThread && a.thread == b.thread)
    return false;
  bool sameSlices = a.thread == kEveryThread && b.thread == kEveryThread && a.grains != 0 && a.grains == b.grains &&
                    a.count == b.count && a.begin == b.begin && a.end == b.end;
  return !sameSlices;
}

/// What was touched since the last barrier, by stretches of memory. However many instructions went by, a stretch knows
/// only accesses that differ to later ones: by thread, by slices, and by whether they write.
class Touched {
  struct Stretch {
    const std::byte *end;
    llvm::SmallVector<Access, 1> accesses;
  };
  using Stretches = std::map<const std::byte *, Stretch>; ///< by their beginning; they do not overlap

  /// The first stretch that ends behind `at`.
  template <class S> static auto first(S &stretches, const std::byte *at) {
    auto it = stretches.upper_bound(at);
    return it != stretches.begin() && std::prev(it)->second.end > at ? std::prev(it) : it;
  }

public:
  /// Calls f with accesses that share bytes with a.
  template <class F> void overlapping(const Access &a, F f) const {
    for (auto it = first(stretches_, a.begin); it != stretches_.end() && it->first < a.end; ++it)
      llvm::for_each(it->second.accesses, f);
  }

  /// From now on a is one of them. It conflicts with none that is there, so a write says all there is to say of its
  /// bytes: whoever must wait for one of the others must wait for it, too.
  void add(const Access &a) {
    if (a.begin == a.end)
      return;
    split(a.begin), split(a.end);
    auto it = stretches_.lower_bound(a.begin);
    if (a.write) {
      it = stretches_.erase(it, stretches_.lower_bound(a.end));
      stretches_.emplace_hint(it, a.begin, Stretch{a.end, {kept(a)}});
      return;
    }
    for (const std::byte *at = a.begin; at != a.end; at = it->second.end, ++it) {
      if (it == stretches_.end() || it->first != at) {
        const std::byte *end = it == stretches_.end() ? a.end : std::min(it->first, a.end);
        it = stretches_.emplace_hint(it, at, Stretch{end, {}});
      }
      if (!llvm::is_contained(it->second.accesses, kept(a)))
        it->second.accesses.push_back(kept(a));
    }
  }

  void clear() { stretches_.clear(); }

private:
  /// Without what makes no difference: only slices are held against their whole buffer.
  static Access kept(Access a) {
    if (a.thread != kEveryThread || a.grains == 0)
      a.begin = a.end = nullptr, a.grains = a.count = 0;
    return a;
  }
  /// No stretch reaches over `at`.
  void split(const std::byte *at) {
    auto it = first(stretches_, at);
    if (it == stretches_.end() || it->first >= at)
      return;
    Stretch rest = it->second;
    it->second.end = at;
    stretches_.emplace_hint(std::next(it), at, std::move(rest));
  }

  Stretches stretches_;
};

/// Deals the instructions out to the threads, one after the other.
class Scheduler {
public:
  explicit Scheduler(unsigned threads) : load_(threads, 0) {}

  /// Who runs an instruction with these accesses, and whether all threads meet before it.
  struct Decision {
    bool meet = false;
    unsigned owner = 0; ///< of an instruction of one grain
  };

  Decision next(llvm::MutableArrayRef<Access> own, bool single) {
    Decision decision;
    int owner = kEveryThread;
    for (const Access &a : own)
      touched_.overlapping(a, [&](const Access &b) {
        if (!conflict(a, b))
          return;
        // Whoever has the data runs an instruction of one grain; where several do, or all, the threads meet first.
        decision.meet |= !single || b.thread == kEveryThread || (owner != kEveryThread && owner != b.thread);
        owner = b.thread;
      });
    if (decision.meet)
      meet();
    if (single) {
      if (decision.meet || owner == kEveryThread)
        owner = static_cast<int>(llvm::min_element(load_) - load_.begin());
      decision.owner = static_cast<unsigned>(owner);
      for (Access &a : own) {
        load_[decision.owner] += static_cast<size_t>(a.end - a.begin);
        a.thread = owner, a.grains = 0;
      }
    }
    for (const Access &a : own)
      touched_.add(a);
    return decision;
  }

  void meet() {
    touched_.clear();
    std::fill(load_.begin(), load_.end(), 0);
  }

private:
  Touched touched_;
  std::vector<size_t> load_; ///< bytes touched by instructions that one thread runs alone, since they last met
};

} // namespace

void Executor::schedule(size_t first, size_t count, std::vector<std::vector<Item>> &items, bool barrierAfterEach) {
  const unsigned threads = team_.size();
  items.assign(threads, {});
  Scheduler scheduler(threads);
  auto barrier = [&] {
    for (auto &list : items)
      list.push_back({});
  };

  for (size_t i = first; i < first + count; ++i) {
    const Instr &instr = program_.at(i);
    const Call &call = calls_[i];
    const size_t grains = call.grains();
    if (threads == 1) {
      items[0].push_back({call.kernel->run, call.args.get(), {0, grains}, i});
      if (barrierAfterEach)
        barrier();
      continue;
    }
    llvm::SmallVector<Access, 8> own;
    auto touch = [&](BufferId id, bool write, bool sliced) {
      auto *begin = static_cast<const std::byte *>(addresses_[id]);
      const Type &type = program_.buffer(id).type;
      own.push_back({begin, begin + type.bytes(), write, kEveryThread, sliced ? grains : 0,
                     static_cast<size_t>(type.elements())});
    };
    auto sliced = [&](BufferId id) {
      return isMap(instr) && program_.buffer(id).type.elements() == instr.family->elements(instr);
    };
    for (size_t r = 0; r < instr.reads.size(); ++r)
      touch(instr.reads[r], false, sliced(instr.reads[r]) && instr.code->inputs[r].source == MapInputKind::Full);
    for (BufferId id : instr.writes)
      touch(id, true, sliced(id));

    bool single = grains <= 1;
    Scheduler::Decision decision = scheduler.next(own, single);
    if (decision.meet)
      barrier();
    for (unsigned t = 0; t < threads; ++t) {
      kernels::Range range{t * grains / threads, (t + 1) * grains / threads};
      if (single)
        range = {0, decision.owner == t ? grains : 0};
      if (range.begin < range.end || barrierAfterEach)
        items[t].push_back({call.kernel->run, call.args.get(), range, i});
    }
    if (barrierAfterEach) {
      scheduler.meet();
      barrier();
    }
  }
}

} // namespace dlc
