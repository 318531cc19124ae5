// Which instructions have an accumulator that a tile program can go on with.
// Joining them to maps is the business of lower/fuse.cpp.
#include "dlc/program/instrs.h"

#include "dlc/support/check.h"

namespace dlc {

std::optional<Accumulator> accumulatorOf(const Instr &instr) {
  if (instr.family == &gemmInstr) {
    const auto &a = instr.attrs.as<GemmAttrs>();
    return Accumulator{a.m * a.n, a.keep};
  }
  if (instr.family == &convInstr) {
    const auto &a = instr.attrs.as<ConvInstrAttrs>();
    if (a.op == "forward")
      return Accumulator{a.n * a.groups * a.co * a.y[0] * a.y[1], a.keep};
    if (a.op == "grad_input")
      return Accumulator{a.n * a.groups * a.ci * a.x[0] * a.x[1], a.keep};
  }
  return std::nullopt;
}

Attrs withKeep(const Instr &instr, bool keep) {
  if (instr.family == &gemmInstr) {
    GemmAttrs attrs = instr.attrs.as<GemmAttrs>();
    attrs.keep = keep;
    return Attrs::of(attrs);
  }
  DLC_CHECK(instr.family == &convInstr) << instr.family->name << " has no accumulator";
  ConvInstrAttrs attrs = instr.attrs.as<ConvInstrAttrs>();
  attrs.keep = keep;
  return Attrs::of(attrs);
}

} // namespace dlc
