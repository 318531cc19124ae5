// hoist: instructions that give the same in every step move to init, and weights that no step changes are packed there.
// It reorders nothing else.
#include "dlc/lower/passes.h"
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
      if (instr.family == &packInstr)
        packs_[instr.reads[0]].push_back({instr.attrs, instr.writes[0]});
    }
  }

  bool run() {
    size_t before = program_.init.size();
    auto kept = program_.step.begin();
    for (Instr &instr : program_.step)
      if (sameEveryStep(instr))
        program_.init.push_back(std::move(instr));
      else if (Instr &to = *kept++; &to != &instr)
        to = std::move(instr);
    program_.step.erase(kept, program_.step.end());
    for (Instr &instr : program_.step)
      if (instr.family == &gemmInstr && !instr.attrs.as<GemmAttrs>().packed && constant_[instr.reads[1]])
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
      program_.remarks.push_back("hoist: " + instr.family->name.str() + " " + program_.buffer(id).name +
                                 " moves to init");
    }
    return true;
  }

  void pack(Instr &gemm) {
    GemmAttrs attrs = gemm.attrs.as<GemmAttrs>();
    PackAttrs packing{attrs.k, attrs.n, attrs.b_row, attrs.b_col};
    BufferId panels = panelsOf(gemm.reads[1], packing, gemm.origin);
    program_.remarks.push_back("hoist: gemm " + program_.buffer(gemm.writes[0]).name + " reads panels of " +
                               program_.buffer(gemm.reads[1]).name + " packed in init");
    gemm.reads[1] = panels;
    attrs.packed = true;
    gemm.attrs = Attrs::of(attrs);
  }

  BufferId panelsOf(BufferId b, const PackAttrs &packing, const std::string &origin) {
    Attrs attrs = Attrs::of(packing);
    for (const auto &[packed, panels] : packs_[b])
      if (packed == attrs)
        return panels;
    const kernels::Table &table = kernels::tableFor(program_.isa);
    auto k = static_cast<size_t>(packing.k), n = static_cast<size_t>(packing.n);
    size_t elements = program_.dtype == DType::F64 ? table.f64.packedElements(k, n) : table.f32.packedElements(k, n);
    Buffer buffer;
    buffer.name = program_.buffer(b).name + ".panels";
    buffer.role = BufferRole::Const;
    buffer.type = {program_.dtype, {static_cast<int64_t>(elements)}};
    BufferId panels = program_.addBuffer(std::move(buffer), names_);
    constant_.push_back(true);
    packs_[b].push_back({attrs, panels});
    Instr instr;
    instr.family = &packInstr;
    instr.attrs = std::move(attrs);
    instr.reads = {b};
    instr.writes = {panels};
    instr.origin = origin;
    program_.init.push_back(std::move(instr));
    return panels;
  }

  Program &program_;
  BufferNames names_;
  std::vector<bool> constant_; ///< by buffer
  std::map<BufferId, llvm::SmallVector<std::pair<Attrs, BufferId>, 1>>
      packs_; ///< what init packs, and into which panels
};

} // namespace

bool hoistProgram(Program &program) { return Hoister(program).run(); }

} // namespace dlc
