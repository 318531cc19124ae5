// The verifier of memory plans: every buffer is held against all that are live with it, whatever the planner thought.
// It shares no code with the planner but the live ranges.
#include "dlc/program/instrs.h"
#include "dlc/program/plan.h"
#include "dlc/program/verify.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace dlc {

/// Whether `later` may lie on the bytes of `earlier`: written by the very instruction that reads the other for the last
/// time, by a family that allows it for each way the other is read.
static bool takesOver(const Program &program, BufferId later, LiveRange laterLive, BufferId earlier,
                      LiveRange earlierLive) {
  if (laterLive.begin != earlierLive.end || earlierLive.begin >= laterLive.begin ||
      program.buffer(later).offset != program.buffer(earlier).offset ||
      program.buffer(later).type.bytes() != program.buffer(earlier).type.bytes())
    return false;
  const Instr &instr = program.at(static_cast<size_t>(laterLive.begin));
  bool reads = false;
  for (size_t w = 0; w < instr.writes.size(); ++w)
    for (size_t r = 0; r < instr.reads.size(); ++r)
      if (instr.writes[w] == later && instr.reads[r] == earlier) {
        if (!instr.family->inPlace || !instr.family->inPlace(instr, w, r))
          return false;
        reads = true;
      }
  return reads;
}

std::string verifyPlan(const Program &program) {
  auto live = liveRanges(program);
  auto bytes = [&](BufferId id) { return static_cast<int64_t>(program.buffer(id).type.bytes()); };
  auto quoted = [&](BufferId id) { return "'" + program.buffer(id).name + "'"; };
  std::vector<BufferId> begins;
  for (BufferId id = 0; id < program.buffers.size(); ++id) {
    if (!live[id])
      continue;
    int64_t begin = program.buffer(id).offset;
    if (begin < 0 || begin % kBufferAlign != 0)
      return quoted(id) + " is not aligned";
    if (begin + bytes(id) > program.arena)
      return quoted(id) + " lies outside the arena";
    if (bytes(id) > 0)
      begins.push_back(id);
  }
  // Through the program in time. What is live lies in the order of offsets, and one behind the other but for takeovers,
  // which share their bytes whole; so whoever overlaps a new buffer stands next to it.
  std::vector<BufferId> ends = begins;
  llvm::stable_sort(begins, [&](BufferId a, BufferId b) { return live[a]->begin < live[b]->begin; });
  llvm::stable_sort(ends, [&](BufferId a, BufferId b) { return live[a]->end < live[b]->end; });
  std::set<std::pair<int64_t, BufferId>> now; // offset and buffer
  size_t dead = 0;
  for (BufferId id : begins) {
    for (; live[ends[dead]]->end < live[id]->begin; ++dead)
      now.erase({program.buffer(ends[dead]).offset, ends[dead]});
    int64_t begin = program.buffer(id).offset, end = begin + bytes(id);
    for (auto it = now.lower_bound({end, 0}); it != now.begin();) {
      BufferId other = (--it)->second;
      if (it->first + bytes(other) <= begin)
        break;
      if (!takesOver(program, id, *live[id], other, *live[other]))
        return quoted(id) + " and " + quoted(other) + " overlap while both are live";
    }
    now.insert({begin, id});
  }
  return "";
}

} // namespace dlc
