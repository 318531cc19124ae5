// Makes a CModel: init runs here, once, on the kernels of this machine; then its results are constants like the
// weights. Outputs become buffers of the caller, which the planner leaves alone.
#include "c_model.h"

#include "dlc/lower/fuse.h"
#include "dlc/program/instrs.h"
#include "dlc/program/plan.h"
#include "dlc/support/check.h"
#include "dlc/support/try.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace dlc::deploy {
namespace {

/// The program whose step is what init is of `program`, and whose outputs are what it computes.
Program initOf(const Program &program) {
  Program init = program;
  init.step = std::move(init.init);
  init.init.clear();
  for (Buffer &buffer : init.buffers)
    if (buffer.role == BufferRole::Const)
      buffer.role = BufferRole::Output, buffer.external = buffer.name;
  std::vector<bool> used(init.buffers.size(), false);
  for (const Instr &instr : init.step) {
    for (BufferId id : instr.reads)
      used[id] = true;
    for (BufferId id : instr.writes)
      used[id] = true;
  }
  // What only the other steps touch is no concern of this one, but keeps its place among the ids.
  for (BufferId id = 0; id < init.buffers.size(); ++id)
    if (!used[id] && init.buffers[id].role != BufferRole::Param)
      init.buffers[id].role = BufferRole::State, init.buffers[id].type.shape = {1},
      init.buffers[id].external = init.buffers[id].name;
  return init;
}

absl::Status computeInit(CModel &model, ParamLookup params) {
  Program &program = model.program;
  std::map<std::string, Tensor> unused;
  if (!program.init.empty()) {
    Program init = initOf(program);
    planProgram(init);
    ThreadTeam team(1);
    auto lookUp = [&](const Buffer &buffer) -> Tensor & {
      if (buffer.role == BufferRole::Param)
        return params(buffer);
      return unused.try_emplace(buffer.name, buffer.type).first->second;
    };
    DLC_TRY(auto executor, Executor::create(init, lookUp, team));
    executor->runStep();
    for (BufferId id = 0; id < program.buffers.size(); ++id)
      if (program.buffer(id).role == BufferRole::Const) {
        Tensor tensor(program.buffer(id).type);
        std::memcpy(tensor.data(), executor->output(program.buffer(id).name), tensor.bytes());
        model.constants.emplace(id, std::move(tensor));
      }
    program.init.clear();
  }
  for (BufferId id = 0; id < program.buffers.size(); ++id) {
    Buffer &buffer = program.buffers[id];
    if (buffer.role == BufferRole::Param)
      model.constants.emplace(id, params(buffer));
    else if (buffer.role == BufferRole::Const)
      buffer.role = BufferRole::Param, buffer.external = "";
  }
  return absl::OkStatus();
}

/// Constants that no step reads take no place.
void forgetUnread(CModel &model) {
  std::set<BufferId> read;
  for (const Instr &instr : model.program.step)
    read.insert(instr.reads.begin(), instr.reads.end());
  std::erase_if(model.constants, [&](const auto &entry) { return !read.contains(entry.first); });
}

} // namespace

absl::StatusOr<CModel> makeCModel(Program program, ParamLookup params,
                                  llvm::ArrayRef<std::pair<CPortName, int64_t>> inputs,
                                  llvm::ArrayRef<std::string> outputs) {
  hoistProgram(program, /*packs=*/false);
  CModel model;
  model.program = std::move(program);
  DLC_PASS_ON(computeInit(model, params));
  Program &p = model.program;
  for (const auto &[port, elements] : inputs) {
    if (auto id = p.findExternal(BufferRole::Input, port.name))
      model.inputs.push_back({*id, port.name, model.inputElements, elements, port.vocab});
    model.inputElements += elements;
  }
  for (Buffer &buffer : p.buffers) // those that nobody wants are temporaries
    if (buffer.role == BufferRole::Output && !llvm::is_contained(outputs, buffer.external))
      buffer.role = BufferRole::Temp;
  for (const std::string &name : outputs) {
    auto id = p.findExternal(BufferRole::Output, name);
    DLC_CHECK(id) << "the net has no output '" << name << "'";
    model.outputs.push_back({*id, name, model.outputElements, p.buffer(*id).type.elements()});
    model.outputElements += p.buffer(*id).type.elements();
  }
  for (const CPort &port : model.outputs)
    p.buffers[port.buffer].role = BufferRole::State;
  for (Buffer &buffer : p.buffers) // a place of their own: numbers of one type share the arena
    if (isPlanned(buffer.role) && !isFloat(buffer.type.dtype))
      buffer.role = BufferRole::State;
  planProgram(p);
  forgetUnread(model);
  return model;
}

} // namespace dlc::deploy
