// The list of instruction sets by rank, and the best of those that can run here.
// Built for the baseline instruction set, as are the rows: they decide whether anything else may be called.
#include "dlc/kernels/isa.h"

namespace dlc::kernels {

// Of the generated all_isas.cpp, in the order of the files' names.
extern const Isa kRegistered[];
extern const unsigned kNumRegistered;

Isas isas() {
  struct Sorted {
    Isa list[64] = {};
    Sorted() {
      for (unsigned i = 0; i < kNumRegistered; ++i) {
        unsigned at = i;
        for (; at && list[at - 1]->rank > kRegistered[i]->rank; --at)
          list[at] = list[at - 1];
        list[at] = kRegistered[i];
      }
    }
  };
  static const Sorted sorted;
  return {sorted.list, kNumRegistered};
}

Isa best() {
  Isa best = kScalar;
  for (Isa isa : isas())
    if (supported(isa))
      best = isa;
  return best;
}

} // namespace dlc::kernels
