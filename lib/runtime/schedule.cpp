// Which thread runs which grains, and where the threads must meet.
// A barrier stands only where an instruction touches bytes that another thread may have touched since the last one.
#include "dlc/program/instrs.h"
#include "dlc/runtime/executor.h"

#include <algorithm>

namespace dlc {

namespace {

constexpr int kEveryThread = -1;

/// One operand of an instruction since the last barrier.
struct Access {
  const std::byte *begin, *end;
  bool write;
  int thread; ///< who touches it; kEveryThread: all, each its slice
  size_t grains,
      count; ///< not 0: thread t touches just the elements of its slice of so many grains of `count` elements
};

/// Whether two accesses must not happen at the same time on different threads.
bool conflict(const Access &a, const Access &b) {
  if ((!a.write && !b.write) || a.begin >= b.end || b.begin >= a.end)
    return false;
  if (a.thread != kEveryThread && a.thread == b.thread)
    return false;
  bool sameSlices = a.thread == kEveryThread && b.thread == kEveryThread && a.grains != 0 && a.grains == b.grains &&
                    a.count == b.count && a.begin == b.begin && a.end == b.end;
  return !sameSlices;
}

} // namespace

void Executor::schedule(size_t first, size_t count, std::vector<std::vector<Item>> &items, bool barrierAfterEach) {
  const unsigned threads = team_.size();
  items.assign(threads, {});
  std::vector<Access> pending;
  std::vector<size_t> load(threads, 0); // bytes touched by instructions that one thread runs alone
  auto meet = [&] {
    pending.clear();
    std::fill(load.begin(), load.end(), 0);
    if (threads == 1 && !barrierAfterEach)
      return;
    for (auto &list : items)
      list.push_back({});
  };

  for (size_t i = first; i < first + count; ++i) {
    const Instr &instr = program_.at(i);
    const BoundInstr &bound = bound_[i];
    std::vector<Access> own;
    size_t bytes = 0;
    auto touch = [&](BufferId id, bool write, bool sliced) {
      auto *begin = static_cast<const std::byte *>(addresses_[id]);
      size_t size = program_.buffer(id).type.bytes();
      bytes += size;
      size_t elements = static_cast<size_t>(program_.buffer(id).type.elements());
      own.push_back({begin, begin + size, write, kEveryThread, sliced ? bound.grains : 0, elements});
    };
    // Only the map family promises that grain g is the g-th stretch of the elements, of a length that count decides.
    bool isMap = instr.family == &mapInstr;
    auto mapCount = isMap ? instr.attrs.as<MapAttrs>().count : 0;
    auto sliced = [&](BufferId id) { return isMap && program_.buffer(id).type.elements() == mapCount; };
    for (size_t r = 0; r < instr.reads.size(); ++r)
      touch(instr.reads[r], false, sliced(instr.reads[r]) && instr.code->inputs[r].source == MapInputKind::Full);
    for (BufferId id : instr.writes)
      touch(id, true, sliced(id));

    bool single = bound.grains <= 1;
    int owner = kEveryThread;
    bool must = false;
    if (single) {
      // Whoever has the data runs it; where several do, or all, the threads meet first.
      for (const Access &a : own)
        for (const Access &b : pending)
          if (conflict(a, b)) {
            must |= b.thread == kEveryThread || (owner != kEveryThread && owner != b.thread);
            owner = b.thread;
          }
      if (must)
        meet();
      if (must || owner == kEveryThread)
        owner = static_cast<int>(std::min_element(load.begin(), load.end()) - load.begin());
      load[static_cast<size_t>(owner)] += bytes;
      for (Access &a : own)
        a.thread = owner, a.grains = 0;
    } else {
      for (const Access &a : own)
        for (const Access &b : pending)
          must |= conflict(a, b);
      if (must)
        meet();
    }
    pending.insert(pending.end(), own.begin(), own.end());

    for (unsigned t = 0; t < threads; ++t) {
      kernels::Range range{t * bound.grains / threads, (t + 1) * bound.grains / threads};
      if (single)
        range = {0, owner == static_cast<int>(t) ? bound.grains : 0};
      if (range.begin < range.end || barrierAfterEach)
        items[t].push_back({bound.run, bound.closure.get(), range});
    }
    if (barrierAfterEach)
      meet();
  }
}

} // namespace dlc
