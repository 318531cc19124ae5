// The verifier of Programs, and live ranges.
// What makes a single instruction right is its family's business; plans are checked in verify_plan.cpp.
#include "dlc/program/verify.h"

#include "call.h"
#include "dlc/program/plan.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace dlc {

namespace {

/// Whether `count` operands fit names such as {"x", "dy?", "rest..."}.
bool countFits(std::span<const llvm::StringLiteral> names, size_t count) {
  size_t least = 0, most = names.size();
  for (llvm::StringLiteral name : names) {
    if (name.ends_with("..."))
      most = SIZE_MAX;
    else if (!name.ends_with("?"))
      ++least;
  }
  return count >= least && count <= most;
}

class ProgramVerifier {
public:
  explicit ProgramVerifier(const Program &program) : program_(program), written_(program.buffers.size(), false) {}

  std::string run() {
    for (const Buffer &buffer : program_.buffers) {
      if (buffer.type.dtype != DType::I32 && buffer.type.dtype != program_.dtype)
        return "buffer '" + buffer.name + "' is " + toString(buffer.type) + " in a program of " +
               name(program_.dtype).str();
      std::optional<uint64_t> elements = checkedElements(buffer.type.shape);
      if (!elements || *elements == 0 || *elements > kMostElements)
        return "buffer '" + buffer.name + "' is " + toString(buffer.type) + ", of no element or too large for memory";
      if (!isPlanned(buffer.role) && !external_.insert({buffer.role, buffer.external}).second)
        return "two buffers are the " + name(buffer.role).str() + " \"" + buffer.external + "\"";
    }
    for (size_t i = 0; i < program_.size(); ++i) {
      std::string wrong = instr(program_.at(i), i < program_.init.size());
      if (!wrong.empty())
        return std::to_string(i) + ": " + program_.at(i).family->name.str() + ": " + wrong;
    }
    for (size_t i = 0; i < program_.buffers.size(); ++i)
      if (program_.buffers[i].role == BufferRole::Output && !written_[i])
        return "output '" + program_.buffers[i].name + "' is never written";
    return program_.planned ? verifyPlan(program_) : "";
  }

private:
  std::string instr(const Instr &instr, bool inInit) {
    const InstrDef &family = *instr.family;
    if (!countFits(family.reads, instr.reads.size()) || !countFits(family.writes, instr.writes.size()))
      return "wrong number of operands";
    for (BufferId id : llvm::concat<const BufferId>(instr.reads, instr.writes))
      if (id >= program_.buffers.size())
        return "an operand that is not a buffer";
    if (instr.code && !family.takesCode)
      return "a tile program that it does not take";
    std::string wrong = family.verify(program_, instr);
    if (!wrong.empty())
      return wrong;
    for (BufferId id : instr.reads)
      if (isPlanned(program_.buffer(id).role) && !written_[id])
        return "'" + program_.buffer(id).name + "' is read before it is written";
    for (size_t w = 0; w < instr.writes.size(); ++w) {
      wrong = write(instr, w, inInit);
      if (!wrong.empty())
        return wrong;
    }
    return "";
  }

  std::string write(const Instr &instr, size_t w, bool inInit) {
    BufferId id = instr.writes[w];
    const Buffer &buffer = program_.buffer(id);
    if (buffer.role == BufferRole::Input)
      return "input '" + buffer.name + "' is written";
    if (buffer.role == BufferRole::Const && !inInit)
      return "const '" + buffer.name + "' is written in the step";
    if (!isPlanned(buffer.role) && inInit)
      return "'" + buffer.name + "' is written in init";
    if (llvm::count(instr.writes, id) != 1 || (isPlanned(buffer.role) && written_[id]))
      return "'" + buffer.name + "' is written twice";
    for (size_t r = 0; r < instr.reads.size(); ++r)
      if (instr.reads[r] == id && !(instr.family->inPlace && instr.family->inPlace(instr, w, r)))
        return "'" + buffer.name + "' is read and written by one instruction that cannot work in place";
    written_[id] = true;
    return "";
  }

  const Program &program_;
  std::vector<bool> written_;
  std::set<std::pair<BufferRole, llvm::StringRef>> external_; ///< those of a role have storage of their own
};

} // namespace

std::string verifyBuffers(const Program &program) { return ProgramVerifier(program).run(); }

std::string verifyProgram(const Program &program) {
  std::string wrong = verifyBuffers(program);
  if (!wrong.empty() || !program.planned)
    return wrong;
  // The scratch that is written down is the one that the kernels ask for: it is what people are told.
  if (int64_t scratch = scratchOf(program); scratch != program.scratch)
    return "a scratch of " + std::to_string(program.scratch) + " bytes, but the kernels need " +
           std::to_string(scratch);
  return "";
}

std::vector<std::optional<LiveRange>> liveRanges(const Program &program) {
  std::vector<std::optional<LiveRange>> live(program.buffers.size());
  auto last = static_cast<int64_t>(program.size()); // one past the end: nothing takes over what lives so long
  for (int64_t i = 0; i < last; ++i) {
    const Instr &instr = program.at(static_cast<size_t>(i));
    for (BufferId id : instr.writes) {
      BufferRole role = program.buffer(id).role;
      // What init leaves behind for the steps must survive all of them, and the caller reads outputs after the step.
      if (isPlanned(role) && !live[id])
        live[id] = {i, role == BufferRole::Temp ? i : last};
    }
    for (BufferId id : instr.reads)
      if (live[id])
        live[id]->end = std::max(live[id]->end, i);
  }
  auto firstOfStep = static_cast<int64_t>(program.init.size());
  for (auto &range : live)
    if (range && range->begin < firstOfStep && range->end >= firstOfStep)
      range->end = last;
  return live;
}

} // namespace dlc
