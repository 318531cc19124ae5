// The reasons behind what call() chooses: which tile programs have a kernel fused by hand, and which weights are packed
// once. Instructions of the other families have one kernel, and are not listed.
#include "dlc/program/dispatch.h"

#include "epilogue.h"

namespace dlc {

namespace {

/// Why the code after a product is no bias, nor bias and relu.
std::string whyNotByHand(const Instr &instr) {
  const MapCode &code = *instr.code;
  if (accumulatorOf(instr)->keep)
    return "the product itself is also needed";
  if (code.outputs.size() != 1)
    return "it has " + std::to_string(code.outputs.size()) + " results";
  if (code.inputs.size() != 2 || code.inputs[1].source != MapInputKind::Periodic)
    return "it reads something other than one bias";
  if (code.steps.size() > 2)
    return std::to_string(code.steps.size()) + " steps follow the product";
  return "what follows the product is not a bias, or a bias and relu";
}

std::string epilogueText(const Instr &instr) {
  switch (Epilogue(instr, *accumulatorOf(instr)).kind()) {
  case kernels::GemmEpilogue::None:
    return "no epilogue";
  case kernels::GemmEpilogue::Bias:
    return "hand-fused bias";
  case kernels::GemmEpilogue::BiasRelu:
    return "hand-fused bias and relu";
  case kernels::GemmEpilogue::Program:
    return "tile program, not hand-fused: " + whyNotByHand(instr);
  }
  return "";
}

std::string packingText(const Program &program, const Instr &instr) {
  std::optional<Packing> packing = packingOf(program, instr);
  if (!packing)
    return "; weights read in place";
  const std::string what = "; " + packing->packs.str();
  if (packing->done)
    return what + " packed in init";
  const Buffer &b = program.buffer(instr.reads[1]);
  bool weights = b.role == BufferRole::Param || b.role == BufferRole::State;
  bool written =
      llvm::any_of(program.step, [&](const Instr &i) { return llvm::is_contained(i.writes, instr.reads[1]); });
  return what + " packed in every step: " +
         (weights && !written ? "hoist has not run"
                              : b.name + (weights || written ? " changes in the step" : " is not a weight"));
}

} // namespace

std::vector<std::string> explainDispatch(const Program &program) {
  std::vector<std::string> lines;
  for (const Instr &instr : program.step) {
    if (!accumulatorOf(instr))
      continue;
    std::string line = instr.family->name.str() + " " + program.buffer(instr.writes[0]).name;
    if (!instr.origin.empty())
      line += " (" + instr.origin + ")";
    line += ": " + epilogueText(instr) + packingText(program, instr);
    lines.push_back(std::move(line));
  }
  return lines;
}

} // namespace dlc
