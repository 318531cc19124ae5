// The memory planner: first-fit under several orders, and results on top of operands that die.
// verify_plan.cpp checks what comes out of here.
#include "dlc/program/plan.h"

#include "dlc/program/instrs.h"
#include "dlc/program/verify.h"
#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>

namespace dlc {

namespace {

int64_t alignUp(int64_t value, int64_t align) { return (value + align - 1) / align * align; }

/// Lowest gap that fits, among the items already placed that are live at the same time.
int64_t placeOne(llvm::ArrayRef<PlanItem> items, llvm::ArrayRef<int64_t> offsets, size_t item,
                 std::vector<std::pair<int64_t, int64_t>> &taken) {
  taken.clear();
  for (size_t other = 0; other < items.size(); ++other)
    if (offsets[other] >= 0 && items[other].live.overlaps(items[item].live))
      taken.push_back({offsets[other], offsets[other] + items[other].size});
  std::sort(taken.begin(), taken.end());
  int64_t at = 0;
  for (auto [begin, end] : taken) {
    if (at + items[item].size <= begin)
      break;
    at = std::max(at, alignUp(end, items[item].align));
  }
  return at;
}

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

Placement placeItems(llvm::ArrayRef<PlanItem> items) {
  Placement best;
  best.peakLive = peakOf(items);
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
    std::vector<size_t> order(items.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return less(items[a], items[b]); });
    std::vector<int64_t> offsets(items.size(), -1);
    std::vector<std::pair<int64_t, int64_t>> taken;
    int64_t arena = 0;
    for (size_t item : order) {
      offsets[item] = placeOne(items, offsets, item, taken);
      arena = std::max(arena, offsets[item] + alignUp(items[item].size, items[item].align));
    }
    if (best.order.empty() || arena < best.arena) {
      best.offsets = std::move(offsets);
      best.arena = arena;
      best.order = name;
    }
    if (best.arena == best.peakLive)
      break;
  }
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
      if (root_[id] == id) {
        itemOf[id] = items.size();
        items.push_back({static_cast<int64_t>(program_.buffer(id).type.bytes()), kBufferAlign, *live_[id]});
      } else {
        itemOf[id] = itemOf[root_[id]];
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
    program_.scratch = 0;
    const kernels::Table &table = kernels::tableFor(program_.isa);
    for (size_t i = 0; i < program_.size(); ++i) {
      const Instr &instr = program_.at(i);
      auto bytes = static_cast<int64_t>(instr.family->bind(program_, instr, {table, {}}).scratch);
      program_.scratch = std::max(program_.scratch, alignUp(bytes, kBufferAlign));
    }
    program_.planned = true;
  }

private:
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
        BufferId a = root_[operand], b = result;
        BufferId low = std::min(a, b), high = std::max(a, b);
        for (BufferId &root : root_)
          if (root == high)
            root = low;
        used.push_back(operand);
        done = true;
      }
      if (!done && !refusal.empty())
        instr.note = refusal;
    }
  }

  Program &program_;
  std::vector<std::optional<LiveRange>> live_;
  std::vector<BufferId> root_;
};

} // namespace

void planProgram(Program &program) {
  Planner(program).run();
  std::string wrong = verifyPlan(program);
  DLC_CHECK(wrong.empty()) << "the memory plan: " << wrong;
}

} // namespace dlc
