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

static std::string toString(const std::optional<LiveRange> &live) {
  return live ? "live in [" + std::to_string(live->begin) + "," + std::to_string(live->end) + "]" : "never live";
}

/// The numbers of the whole plan, and of each buffer alone. No sum is formed that may overflow: they may be a file's.
static std::string verifyNumbers(const Program &program, llvm::ArrayRef<std::optional<LiveRange>> live) {
  if (program.arena < 0 || program.peakLive < 0 || program.peakLive > program.arena)
    return "an arena of " + std::to_string(program.arena) + " bytes, of which " + std::to_string(program.peakLive) +
           " are live";
  for (BufferId id = 0; id < program.buffers.size(); ++id) {
    const Buffer &buffer = program.buffer(id);
    auto wrong = [&](const std::string &what) { return "'" + buffer.name + "' " + what; };
    if (buffer.live != live[id])
      return wrong("is planned as " + toString(buffer.live) + ", but is " + toString(live[id]));
    if (!live[id] && buffer.offset != -1)
      return wrong("has a place in the arena, but is never live");
    if (!live[id])
      continue;
    if (buffer.offset < 0 || buffer.offset % kBufferAlign != 0)
      return wrong("is not aligned");
    auto bytes = static_cast<int64_t>(buffer.type.bytes());
    if (bytes > program.arena || buffer.offset > program.arena - bytes)
      return wrong("lies outside the arena");
  }
  return "";
}

std::string verifyPlan(const Program &program) {
  auto live = liveRanges(program);
  std::string wrong = verifyNumbers(program, live);
  if (!wrong.empty())
    return wrong;
  auto bytes = [&](BufferId id) { return static_cast<int64_t>(program.buffer(id).type.bytes()); };
  auto quoted = [&](BufferId id) { return "'" + program.buffer(id).name + "'"; };
  std::vector<BufferId> begins;
  for (BufferId id = 0; id < program.buffers.size(); ++id)
    if (live[id])
      begins.push_back(id);
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
