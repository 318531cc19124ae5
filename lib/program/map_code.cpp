// Tile programs as expressions: making, pruning and assembling them into the registers of the map kernel.
// Their text form is in map_text.cpp.
#include "dlc/program/map_code.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <bit>

namespace dlc {

bool operator==(const MapRef &a, const MapRef &b) {
  return a.kind == b.kind && a.index == b.index &&
         std::bit_cast<uint64_t>(a.literal) == std::bit_cast<uint64_t>(b.literal);
}

bool operator==(const MapCodeStep &a, const MapCodeStep &b) {
  if (a.op != b.op)
    return false;
  for (unsigned i = 0; i < kernels::arity(a.op); ++i)
    if (!(a.args[i] == b.args[i]))
      return false;
  return true;
}

MapRef MapCode::apply(kernels::MapOp op, MapRef a, MapRef b, MapRef c) {
  MapCodeStep step{op, {a, b, c}};
  for (size_t i = 0; i < steps.size(); ++i)
    if (steps[i] == step)
      return MapRef::step(static_cast<uint32_t>(i));
  steps.push_back(step);
  return MapRef::step(static_cast<uint32_t>(steps.size() - 1));
}

llvm::SmallVector<uint32_t, 4> MapCode::prune() {
  llvm::SmallVector<char, 16> stepUsed(steps.size(), 0), inputUsed(inputs.size(), 0);
  auto mark = [&](const MapRef &ref) {
    if (ref.kind == MapRef::Step)
      stepUsed[ref.index] = 1;
    else if (ref.kind == MapRef::Input)
      inputUsed[ref.index] = 1;
  };
  for (const MapRef &output : outputs)
    mark(output);
  for (size_t i = steps.size(); i-- > 0;)
    if (stepUsed[i])
      for (unsigned a = 0; a < kernels::arity(steps[i].op); ++a)
        mark(steps[i].args[a]);
  if (!inputs.empty() && inputs[0].source == MapInputKind::Acc)
    inputUsed[0] = 1; // the accumulator keeps its place, read or not

  llvm::SmallVector<uint32_t, 4> kept;
  llvm::SmallVector<uint32_t, 16> newInput(inputs.size(), 0), newStep(steps.size(), 0);
  for (uint32_t i = 0; i < inputs.size(); ++i)
    if (inputUsed[i]) {
      newInput[i] = static_cast<uint32_t>(kept.size());
      inputs[kept.size()] = inputs[i];
      kept.push_back(i);
    }
  inputs.truncate(kept.size());
  auto renumber = [&](MapRef &ref) {
    if (ref.kind == MapRef::Step)
      ref.index = newStep[ref.index];
    else if (ref.kind == MapRef::Input)
      ref.index = newInput[ref.index];
  };
  uint32_t keptSteps = 0;
  for (size_t i = 0; i < steps.size(); ++i)
    if (stepUsed[i]) {
      MapCodeStep &step = steps[keptSteps] = steps[i];
      for (unsigned a = 0; a < kernels::arity(step.op); ++a)
        renumber(step.args[a]);
      newStep[i] = keptSteps++;
    }
  steps.truncate(keptSteps);
  for (MapRef &output : outputs)
    renumber(output);
  return kept;
}

namespace {

kernels::MapSource sourceOf(MapInputKind::Source source) {
  switch (source) {
  case MapInputKind::Acc:
  case MapInputKind::Full:
    return kernels::MapSource::Full;
  case MapInputKind::Scalar:
    return kernels::MapSource::Scalar;
  case MapInputKind::Periodic:
    return kernels::MapSource::Periodic;
  }
  return kernels::MapSource::Full;
}

/// Hands out registers: inputs first, literals behind them, then steps, whose registers are free again after the last
/// reader. Registers that an output names stay taken to the end.
class Assembler {
public:
  explicit Assembler(const MapCode &code) : code_(code), lastUse_(code.steps.size(), 0) {
    for (size_t i = 0; i < code.steps.size(); ++i)
      for (unsigned a = 0; a < kernels::arity(code.steps[i].op); ++a)
        use(code.steps[i].args[a], i);
    for (const MapRef &output : code.outputs)
      use(output, code.steps.size());
  }

  bool run() {
    size_t registersOfInputs = code_.inputs.size() + literals_.size();
    if (registersOfInputs > kernels::kMaxMapInputs || code_.steps.size() > kernels::kMaxMapSteps ||
        code_.outputs.size() > kernels::kMaxMapOutputs)
      return false;
    uint32_t free = 0;
    for (size_t r = registersOfInputs; r < kernels::kMaxMapRegs; ++r)
      free |= uint32_t(1) << r;
    for (size_t i = 0; i < code_.steps.size(); ++i) {
      const MapCodeStep &step = code_.steps[i];
      for (unsigned a = 0; a < kernels::arity(step.op); ++a)
        if (step.args[a].kind == MapRef::Step && lastUse_[step.args[a].index] == i)
          free |= uint32_t(1) << registers_[step.args[a].index];
      if (!free)
        return false;
      auto r = static_cast<uint8_t>(std::countr_zero(free));
      registers_.push_back(r);
      if (lastUse_[i] > i)
        free &= free - 1;
    }
    return true;
  }

  uint8_t reg(const MapRef &ref) const {
    switch (ref.kind) {
    case MapRef::Input:
      return static_cast<uint8_t>(ref.index);
    case MapRef::Step:
      return registers_[ref.index];
    case MapRef::Literal:
      break;
    }
    return static_cast<uint8_t>(code_.inputs.size() + literalIndex(ref.literal));
  }
  llvm::ArrayRef<double> literals() const { return literals_; }

private:
  void use(const MapRef &ref, size_t at) {
    if (ref.kind == MapRef::Step)
      lastUse_[ref.index] = at;
    else if (ref.kind == MapRef::Literal && literalIndex(ref.literal) == literals_.size())
      literals_.push_back(ref.literal);
  }
  size_t literalIndex(double value) const {
    size_t i = 0;
    while (i < literals_.size() && std::bit_cast<uint64_t>(literals_[i]) != std::bit_cast<uint64_t>(value))
      ++i;
    return i;
  }

  const MapCode &code_;
  llvm::SmallVector<size_t, 16> lastUse_;
  llvm::SmallVector<uint8_t, 16> registers_;
  llvm::SmallVector<double, 8> literals_;
};

} // namespace

bool fits(const MapCode &code) {
  // With a register for everything most programs fit, and there is no need to find out which could be shared.
  size_t registers = code.inputs.size();
  for (const MapCodeStep &step : code.steps)
    for (unsigned a = 0; a < kernels::arity(step.op); ++a)
      registers += step.args[a].kind == MapRef::Literal;
  for (const MapRef &output : code.outputs)
    registers += output.kind == MapRef::Literal;
  if (registers <= kernels::kMaxMapInputs && code.outputs.size() <= kernels::kMaxMapOutputs &&
      registers + code.steps.size() <= kernels::kMaxMapRegs)
    return true;
  return Assembler(code).run();
}

template <class T> std::optional<kernels::MapProgram<T>> assemble(const MapCode &code) {
  Assembler assembler(code);
  if (!assembler.run())
    return std::nullopt;
  kernels::MapProgram<T> program{};
  for (const MapInputKind &input : code.inputs)
    program.inputs[program.nInputs++] = {
        sourceOf(input.source),         input.i32, nullptr, static_cast<size_t>(input.inner),
        static_cast<size_t>(input.mid), 0};
  for (double literal : assembler.literals())
    program.inputs[program.nInputs++] = {kernels::MapSource::Imm, false, nullptr, 1, 1, literal};
  for (size_t i = 0; i < code.steps.size(); ++i) {
    const MapCodeStep &step = code.steps[i];
    uint8_t regs[3] = {0, 0, 0};
    for (unsigned a = 0; a < kernels::arity(step.op); ++a)
      regs[a] = assembler.reg(step.args[a]);
    program.steps[program.nSteps++] = {step.op, assembler.reg(MapRef::step(static_cast<uint32_t>(i))), regs[0], regs[1],
                                       regs[2]};
  }
  for (const MapRef &output : code.outputs)
    program.outputs[program.nOutputs++] = {nullptr, assembler.reg(output)};
  return program;
}

template std::optional<kernels::MapProgram<float>> assemble<float>(const MapCode &);
template std::optional<kernels::MapProgram<double>> assemble<double>(const MapCode &);

} // namespace dlc
