// Implements Epilogue: it finds the tile programs for which the kernels have an end written by hand.
// Bias and bias + relu are tile programs like any other everywhere else.
#include "epilogue.h"

namespace dlc {

kernels::GemmEpilogue Epilogue::kind() const {
  if (!instr.code)
    return kernels::GemmEpilogue::None;
  const MapCode &code = *instr.code;
  if (keep || code.outputs.size() != 1 || code.inputs.size() != 2 || code.inputs[1] != channel || code.steps.empty())
    return kernels::GemmEpilogue::Program;
  MapCodeStep bias{kernels::MapOp::Add, {MapRef::input(0), MapRef::input(1)}};
  if (!(code.steps[0] == bias) || !(code.outputs[0] == MapRef::step(static_cast<uint32_t>(code.steps.size() - 1))))
    return kernels::GemmEpilogue::Program;
  if (code.steps.size() == 1)
    return kernels::GemmEpilogue::Bias;
  MapCodeStep relu{kernels::MapOp::Max, {MapRef::step(0), MapRef::imm(0)}};
  return code.steps.size() == 2 && code.steps[1] == relu ? kernels::GemmEpilogue::BiasRelu
                                                         : kernels::GemmEpilogue::Program;
}

void Epilogue::verify(Verify &verify, CheckedSize count) const {
  if (keep)
    verify.write(0, count);
  if (instr.code)
    verifyCode(verify, instr, count, kFirstInput, kFirstRead, firstWrite());
  else
    verify.that(instr.reads.size() == kFirstRead, instr.family->name + " without code reads its two operands only");
}

bool Epilogue::inPlace(size_t w, size_t r) const {
  return w >= firstWrite() && kind() == kernels::GemmEpilogue::Program &&
         codeInPlace(instr, kFirstInput, kFirstRead, r);
}

} // namespace dlc
