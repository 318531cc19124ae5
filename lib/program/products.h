// What gemm and conv share as the families that multiply: an accumulator, and a second read that may be packed.
// What either of them computes is said in its own file.
#pragma once

#include "dlc/program/instrs.h"
#include "dlc/support/check.h"

#include <utility>

namespace dlc {

/// The attributes of a gemm or conv after change(attrs).
template <class F> Attrs changed(const Instr &instr, F change) {
  auto with = [&](auto attrs) {
    change(attrs);
    return Attrs::of(std::move(attrs));
  };
  if (instr.family == &gemmInstr)
    return with(instr.attrs.as<GemmAttrs>());
  DLC_CHECK(instr.family == &convInstr) << instr.family->name << " multiplies nothing";
  return with(instr.attrs.as<ConvInstrAttrs>());
}

} // namespace dlc
