// hoist: instructions that give the same in every step move to init, and weights that no step changes are packed there.
// It reorders nothing else.
#include "dlc/lower/fuse.h"
#include "dlc/program/instrs.h"
#include "edit.h"

#include <map>

namespace dlc {

namespace {

class Hoister {
public:
  explicit Hoister(Program &program) : program_(program), names_(program), constant_(program.buffers.size(), false) {
    for (BufferId id = 0; id < program.buffers.size(); ++id) {
      BufferRole role = program.buffer(id).role;
      constant_[id] = role == BufferRole::Param || role == BufferRole::State;
    }
    for (const Instr &instr : program.step)
      for (BufferId id : instr.writes)
        constant_[id] = false;
    for (const Instr &instr : program.init) {
      for (BufferId id : instr.writes)
        constant_[id] = true;
      if (instr.reads.size() == 1 && instr.writes.size() == 1) // it may be a packing
        packs_[instr.reads[0]].push_back({instr.family, instr.attrs, instr.writes[0]});
    }
  }

  bool run(bool packs) {
    size_t before = program_.init.size();
    auto kept = program_.step.begin();
    for (Instr &instr : program_.step)
      if (sameEveryStep(instr))
        program_.init.push_back(std::move(instr));
      else if (Instr &to = *kept++; &to != &instr)
        to = std::move(instr);
    program_.step.erase(kept, program_.step.end());
    for (Instr &instr : program_.step)
      if (packs && accumulatorOf(instr) && constant_[instr.reads[1]])
        pack(instr);
    return program_.init.size() != before;
  }

private:
  bool sameEveryStep(const Instr &instr) {
    for (BufferId id : instr.reads)
      if (!constant_[id])
        return false;
    for (BufferId id : instr.writes)
      if (program_.buffer(id).role != BufferRole::Temp)
        return false;
    for (BufferId id : instr.writes) {
      program_.buffers[id].role = BufferRole::Const;
      constant_[id] = true;
      program_.remark(
          [&] { return "hoist: " + instr.family->name.str() + " " + program_.buffer(id).name + " moves to init"; });
    }
    return true;
  }

  void pack(Instr &instr) {
    std::optional<Packing> packing = packingOf(program_, instr);
    if (!packing || packing->done)
      return;
    BufferId weights = instr.reads[1];
    instr.reads[1] = packed(weights, *packing, instr.origin);
    instr.attrs = instr.family->product->withPacked(instr);
    program_.remark([&] {
      return "hoist: " + instr.family->name.str() + " " + program_.buffer(instr.writes[0]).name + " reads " +
             packing->family->writes[0].str() + " of " + program_.buffer(weights).name + " packed in init";
    });
  }

  BufferId packed(BufferId weights, const Packing &packing, const std::string &origin) {
    for (const Packed &known : packs_[weights])
      if (known.family == packing.family && known.attrs == packing.attrs)
        return known.result;
    Buffer buffer;
    buffer.name = program_.buffer(weights).name + "." + packing.family->writes[0].str();
    buffer.role = BufferRole::Const;
    buffer.type = {program_.dtype, {packing.elements}};
    BufferId result = program_.addBuffer(std::move(buffer), names_);
    constant_.push_back(true);
    packs_[weights].push_back({packing.family, packing.attrs, result});
    Instr instr;
    instr.family = packing.family;
    instr.attrs = packing.attrs;
    instr.reads = {weights};
    instr.writes = {result};
    instr.origin = origin;
    program_.init.push_back(std::move(instr));
    return result;
  }

  /// What init makes of one buffer, and into which.
  struct Packed {
    const InstrDef *family;
    Attrs attrs;
    BufferId result;
  };
  Program &program_;
  BufferNames names_;
  std::vector<bool> constant_;                             ///< by buffer
  std::map<BufferId, llvm::SmallVector<Packed, 1>> packs_; ///< by what is packed
};

} // namespace

bool hoistProgram(Program &program, bool packs) { return Hoister(program).run(packs); }

} // namespace dlc
