// The verifier of memory plans: every pair of buffers is compared anew, whatever the planner thought.
// It shares no code with the planner but the live ranges.
#include "dlc/program/instrs.h"
#include "dlc/program/plan.h"
#include "dlc/program/verify.h"

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
  for (BufferId a = 0; a < program.buffers.size(); ++a) {
    if (!live[a])
      continue;
    int64_t begin = program.buffer(a).offset, end = begin + bytes(a);
    if (begin < 0 || begin % kBufferAlign != 0)
      return quoted(a) + " is not aligned";
    if (end > program.arena)
      return quoted(a) + " lies outside the arena";
    for (BufferId b = 0; b < a; ++b) {
      if (!live[b] || !live[a]->overlaps(*live[b]))
        continue;
      int64_t other = program.buffer(b).offset;
      if (begin >= other + bytes(b) || other >= end)
        continue;
      if (!takesOver(program, a, *live[a], b, *live[b]) && !takesOver(program, b, *live[b], a, *live[a]))
        return quoted(a) + " and " + quoted(b) + " overlap while both are live";
    }
  }
  return "";
}

} // namespace dlc
