// Which instructions have an accumulator that a tile program can go on with.
// Joining them to maps is the business of lower/fuse.cpp.
#include "products.h"

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
  return changed(instr, [&](auto &attrs) { attrs.keep = keep; });
}

} // namespace dlc
