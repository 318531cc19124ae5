// hoist: the pass that computes once what stays the same from step to step.
// How it is done is said in lower/hoist.cpp.
#include "dlc/lower/fuse.h"
#include "dlc/passes/pass.h"

namespace dlc {

static PassResult run(Program &program, const PassContext &) {
  return hoistProgram(program) ? PassResult::Changed : PassResult::Unchanged;
}

extern const Pass pass_hoist;
constexpr Pass pass_hoist = {.name = "hoist",
                             .doc = "Move step-invariant work to init, including packing of weights.",
                             .onProgram = run,
                             .leadsTo = Stage::Fused};

} // namespace dlc
