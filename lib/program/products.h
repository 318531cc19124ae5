// What the families that multiply share beside their epilogue: attributes that say whether the result is kept, and
// whether the second read is packed. What either of them computes is said in its own file.
#pragma once

#include "dlc/program/instrs.h"

namespace dlc {

template <class A> Attrs withKeep(const Instr &instr, bool keep) {
  A attrs = instr.attrs.as<A>();
  attrs.keep = keep;
  return Attrs::of(std::move(attrs));
}
template <class A> Attrs withPacked(const Instr &instr) {
  A attrs = instr.attrs.as<A>();
  attrs.packed = true;
  return Attrs::of(std::move(attrs));
}

} // namespace dlc
