// What fuse begins with: a result that is only copied into a parameter or state is written there at once.
// One look at each instruction; a copy that has to wait for a reader of the old value stays.
#include "forward_copies.h"

#include "dlc/program/instrs.h"
#include "edit.h"

#include <vector>

namespace dlc {

namespace {

/// Whether a map is nothing but a copy of one buffer into another.
bool isCopy(const Program &program, const Instr &instr) {
  if (!isMap(instr) || !instr.code->steps.empty() || instr.reads.size() != 1 || instr.writes.size() != 1)
    return false;
  return instr.code->inputs[0] == MapInputKind{MapInputKind::Full} && instr.code->outputs[0] == MapRef::input(0) &&
         program.buffer(instr.reads[0]).type == program.buffer(instr.writes[0]).type;
}

/// Whether the instruction may write its result `from` over `to`.
bool mayWrite(const Instr &instr, BufferId from, BufferId to) {
  for (size_t w = 0; w < instr.writes.size(); ++w)
    for (size_t r = 0; r < instr.reads.size(); ++r)
      if (instr.writes[w] == from && instr.reads[r] == to && !instr.family->inPlace(instr, w, r))
        return false;
  return true;
}

} // namespace

bool forwardCopies(Program &program) {
  constexpr size_t kNone = ~size_t(0);
  struct Uses {
    size_t writer = kNone, writers = 0;
    size_t lastReader = kNone; ///< so far
    BufferId forwarded = 0;    ///< the buffer that takes its place
  };
  std::vector<Uses> uses(program.buffers.size());
  for (BufferId id = 0; id < uses.size(); ++id)
    uses[id].forwarded = id;
  for (size_t i = 0; i < program.step.size(); ++i)
    for (BufferId id : program.step[i].writes)
      uses[id].writer = i, ++uses[id].writers;

  bool changed = false;
  for (size_t i = 0; i < program.step.size(); ++i) {
    Instr &copy = program.step[i];
    for (BufferId id : copy.reads)
      uses[id].lastReader = i;
    if (!isCopy(program, copy))
      continue;
    const BufferId from = copy.reads[0], to = copy.writes[0];
    const size_t writer = uses[from].writer;
    if (uses[from].forwarded != from) // into another: this one copies from there
      continue;
    if (program.buffer(from).role != BufferRole::Temp || uses[from].writers != 1 || uses[to].writers != 1 ||
        (uses[to].lastReader != kNone && uses[to].lastReader > writer) || !mayWrite(program.step[writer], from, to))
      continue;
    program.remark([&] {
      const std::string place = copy.origin.empty() ? "" : " (" + copy.origin + ")";
      return "fuse: " + program.buffer(from).name + place + " is written directly into " + program.buffer(to).name;
    });
    uses[from].forwarded = to;
    copy.family = nullptr; // it goes
    changed = true;
  }
  if (!changed)
    return false;
  llvm::erase_if(program.step, [](const Instr &instr) { return !instr.family; });
  for (Instr &instr : program.step) {
    for (BufferId &id : instr.reads)
      id = uses[id].forwarded;
    for (BufferId &id : instr.writes)
      id = uses[id].forwarded;
  }
  return true;
}

} // namespace dlc
