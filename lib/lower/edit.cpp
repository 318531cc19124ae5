// Tidying a Program after a pass.
// Instructions are never removed here.
#include "edit.h"

namespace dlc {

void dropUnusedBuffers(Program &program) {
  std::vector<char> used(program.buffers.size(), 0);
  for (size_t i = 0; i < program.size(); ++i)
    for (BufferId id : llvm::concat<const BufferId>(program.at(i).reads, program.at(i).writes))
      used[id] = 1;
  std::vector<BufferId> renumbered(program.buffers.size(), 0);
  std::vector<Buffer> kept;
  kept.reserve(program.buffers.size());
  for (BufferId id = 0; id < program.buffers.size(); ++id) {
    if (!used[id] && (program.buffer(id).role == BufferRole::Temp || program.buffer(id).role == BufferRole::Const))
      continue;
    renumbered[id] = static_cast<BufferId>(kept.size());
    kept.push_back(std::move(program.buffers[id]));
  }
  program.buffers = std::move(kept);
  for (auto *list : {&program.init, &program.step})
    for (Instr &instr : *list) {
      for (BufferId &id : instr.reads)
        id = renumbered[id];
      for (BufferId &id : instr.writes)
        id = renumbered[id];
    }
}

} // namespace dlc
