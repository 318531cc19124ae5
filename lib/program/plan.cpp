// The memory planner: first fit under several orders, best fit, and results on top of operands that die.
// verify_plan.cpp checks what comes out of here.
#include "dlc/program/plan.h"

#include "dlc/program/instrs.h"
#include "dlc/program/verify.h"
#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace dlc {

namespace {

int64_t alignUp(int64_t value, int64_t align) { return (value + align - 1) / align * align; }

int64_t peakOf(llvm::ArrayRef<PlanItem> items) {
  std::vector<std::pair<int64_t, int64_t>> changes; // position, bytes
  for (const PlanItem &item : items) {
    int64_t size = alignUp(item.size, item.align);
    changes.push_back({item.live.begin, size});
    changes.push_back({item.live.end + 1, -size});
  }
  std::sort(changes.begin(), changes.end());
  int64_t now = 0, peak = 0;
  for (auto [position, bytes] : changes)
    peak = std::max(peak, now += bytes);
  return peak;
}

} // namespace

namespace {

/// First fit under one order of the items: each into the lowest gap among those before it that are live at the same
/// time. The time grows with the square of their number.
std::vector<int64_t> firstFit(llvm::ArrayRef<PlanItem> items, llvm::ArrayRef<size_t> order) {
  struct Placed {
    int64_t begin, end;
    LiveRange live;
  };
  std::vector<Placed> placed; // by begin
  placed.reserve(items.size());
  std::vector<int64_t> offsets(items.size());
  for (size_t i : order) {
    const PlanItem &item = items[i];
    int64_t at = 0;
    for (const Placed &other : placed) {
      if (!other.live.overlaps(item.live))
        continue;
      if (at + item.size <= other.begin)
        break;
      at = std::max(at, alignUp(other.end, item.align));
    }
    offsets[i] = at;
    auto where = llvm::upper_bound(placed, at, [](int64_t value, const Placed &other) { return value < other.begin; });
    placed.insert(where, {at, at + item.size, item.live});
  }
  return offsets;
}

/// What an allocator would do that lives through the program: the smallest gap that fits, gaps joined as items die.
/// Takes next to no time however many items there are.
class BestFit {
public:
  explicit BestFit(llvm::ArrayRef<PlanItem> items) : items_(items) {
    for (const PlanItem &item : items)
      align_ = std::max(align_, item.align);
  }

  std::vector<int64_t> run() {
    std::vector<size_t> begins(items_.size()), ends;
    std::iota(begins.begin(), begins.end(), size_t{0});
    ends = begins;
    llvm::stable_sort(begins, [&](size_t a, size_t b) { return items_[a].live.begin < items_[b].live.begin; });
    llvm::stable_sort(ends, [&](size_t a, size_t b) { return items_[a].live.end < items_[b].live.end; });
    std::vector<int64_t> offsets(items_.size(), -1);
    size_t dead = 0;
    for (size_t item : begins) {
      for (; items_[ends[dead]].live.end < items_[item].live.begin; ++dead)
        release(offsets[ends[dead]], sizeOf(ends[dead]));
      offsets[item] = take(sizeOf(item));
    }
    return offsets;
  }

private:
  /// Every size is a multiple of the largest alignment, so that every gap starts at one.
  int64_t sizeOf(size_t item) const { return alignUp(std::max<int64_t>(items_[item].size, 1), align_); }

  int64_t take(int64_t size) {
    auto gap = bySize_.lower_bound({size, 0});
    if (gap == bySize_.end()) {
      // The end of the arena grows; a gap that touches it is used first.
      int64_t at = end_;
      if (!gaps_.empty() && std::prev(gaps_.end())->first + std::prev(gaps_.end())->second == end_) {
        at = std::prev(gaps_.end())->first;
        erase(std::prev(gaps_.end()));
      }
      end_ = at + size;
      return at;
    }
    int64_t at = gap->second, rest = gap->first - size;
    erase(gaps_.find(at));
    if (rest)
      insert(at + size, rest);
    return at;
  }

  void release(int64_t at, int64_t size) {
    auto after = gaps_.lower_bound(at);
    if (after != gaps_.end() && after->first == at + size) {
      size += after->second;
      after = erase(after);
    }
    if (after != gaps_.begin() && std::prev(after)->first + std::prev(after)->second == at) {
      at = std::prev(after)->first;
      size += std::prev(after)->second;
      erase(std::prev(after));
    }
    insert(at, size);
  }

  using Gaps = std::map<int64_t, int64_t>; ///< offset, size
  void insert(int64_t at, int64_t size) {
    gaps_[at] = size;
    bySize_.insert({size, at});
  }
  Gaps::iterator erase(Gaps::iterator gap) {
    bySize_.erase({gap->second, gap->first});
    return gaps_.erase(gap);
  }

  llvm::ArrayRef<PlanItem> items_;
  Gaps gaps_;
  std::set<std::pair<int64_t, int64_t>> bySize_; ///< size, offset
  int64_t align_ = 1, end_ = 0;
};

/// Beyond so many items only best fit is tried.
constexpr size_t kFirstFitItems = 2048;

} // namespace

Placement placeItems(llvm::ArrayRef<PlanItem> items) {
  Placement best;
  best.peakLive = peakOf(items);
  auto consider = [&](std::vector<int64_t> offsets, llvm::StringRef order) {
    int64_t arena = 0;
    for (size_t item = 0; item < items.size(); ++item)
      arena = std::max(arena, offsets[item] + alignUp(items[item].size, items[item].align));
    if (best.order.empty() || arena < best.arena) {
      best.offsets = std::move(offsets);
      best.arena = arena;
      best.order = order;
    }
  };
  using Less = bool (*)(const PlanItem &, const PlanItem &);
  static constexpr std::pair<llvm::StringLiteral, Less> kOrders[] = {
      {"size", [](const PlanItem &a, const PlanItem &b) { return a.size > b.size; }},
      {"first-use", [](const PlanItem &a, const PlanItem &b) { return a.live.begin < b.live.begin; }},
      {"length",
       [](const PlanItem &a, const PlanItem &b) { return a.live.end - a.live.begin > b.live.end - b.live.begin; }},
      {"area", [](const PlanItem &a, const PlanItem &b) {
         return a.size * (a.live.end - a.live.begin + 1) > b.size * (b.live.end - b.live.begin + 1);
       }}};
  for (auto [name, less] : kOrders) {
    if (items.size() > kFirstFitItems || (!best.order.empty() && best.arena == best.peakLive))
      break;
    std::vector<size_t> order(items.size());
    std::iota(order.begin(), order.end(), size_t{0});
    llvm::stable_sort(order, [&, before = less](size_t a, size_t b) { return before(items[a], items[b]); });
    consider(firstFit(items, order), name);
  }
  if (best.order.empty() || best.arena > best.peakLive)
    consider(BestFit(items).run(), "best-fit");
  return best;
}

namespace {

/// Buffers that share their bytes, each taking over from the one before.
class Planner {
public:
  explicit Planner(Program &program) : program_(program), live_(liveRanges(program)), root_(program.buffers.size()) {
    std::iota(root_.begin(), root_.end(), BufferId{0});
  }

  void run() {
    for (size_t i = 0; i < program_.size(); ++i)
      takeOver(i);
    std::vector<PlanItem> items;
    std::vector<size_t> itemOf(program_.buffers.size());
    for (BufferId id = 0; id < program_.buffers.size(); ++id) {
      if (!live_[id])
        continue;
      if (BufferId root = rootOf(id); root == id) {
        itemOf[id] = items.size();
        items.push_back({static_cast<int64_t>(program_.buffer(id).type.bytes()), kBufferAlign, *live_[id]});
      } else {
        itemOf[id] = itemOf[root];
        LiveRange &live = items[itemOf[id]].live;
        live = {std::min(live.begin, live_[id]->begin), std::max(live.end, live_[id]->end)};
      }
    }
    Placement placement = placeItems(items);
    for (BufferId id = 0; id < program_.buffers.size(); ++id) {
      program_.buffers[id].live = live_[id];
      program_.buffers[id].offset = live_[id] ? placement.offsets[itemOf[id]] : -1;
    }
    program_.arena = placement.arena;
    program_.peakLive = placement.peakLive;
    program_.scratch = scratchOf(program_);
    program_.planned = true;
  }

private:
  BufferId rootOf(BufferId id) {
    while (root_[id] != id)
      id = root_[id] = root_[root_[id]];
    return id;
  }

  Instr &instrAt(size_t position) {
    return position < program_.init.size() ? program_.init[position] : program_.step[position - program_.init.size()];
  }

  /// Lets each result of one instruction take over an operand that is read here for the last time.
  void takeOver(size_t position) {
    Instr &instr = instrAt(position);
    instr.note.clear();
    if (!instr.family->inPlace)
      return;
    llvm::SmallVector<BufferId, 4> used;
    for (size_t w = 0; w < instr.writes.size(); ++w) {
      BufferId result = instr.writes[w];
      if (!isPlanned(program_.buffer(result).role))
        continue;
      std::string refusal;
      bool done = false;
      for (size_t r = 0; r < instr.reads.size() && !done; ++r) {
        BufferId operand = instr.reads[r];
        if (!live_[operand] || !instr.family->inPlace(instr, w, r) || llvm::is_contained(used, operand) ||
            program_.buffer(operand).type.bytes() != program_.buffer(result).type.bytes())
          continue;
        if (live_[operand]->end != static_cast<int64_t>(position)) {
          refusal = "not in place: " + program_.buffer(operand).name + " is live until " +
                    std::to_string(live_[operand]->end);
          continue;
        }
        // The lower id is the root, so that roots come first in run().
        BufferId a = rootOf(operand), b = rootOf(result);
        root_[std::max(a, b)] = std::min(a, b);
        used.push_back(operand);
        done = true;
      }
      if (!done && !refusal.empty())
        instr.note = refusal;
    }
  }

  Program &program_;
  std::vector<std::optional<LiveRange>> live_;
  std::vector<BufferId> root_; ///< follow it to whoever brought the bytes
};

} // namespace

int64_t scratchOf(const Program &program) {
  int64_t most = 0;
  for (size_t i = 0; i < program.size(); ++i) {
    const Instr &instr = program.at(i);
    auto bytes = static_cast<int64_t>(instr.family->call({program, instr}).scratch());
    most = std::max(most, alignUp(bytes, kBufferAlign));
  }
  return most;
}

void planProgram(Program &program) {
  Planner(program).run();
  std::string wrong = verifyPlan(program);
  DLC_CHECK(wrong.empty()) << "the memory plan: " << wrong;
}

} // namespace dlc
