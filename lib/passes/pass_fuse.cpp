// fuse: the pass that saves writing and reading values between kernels.
// How it is done is said in lower/fuse.cpp.
#include "dlc/lower/fuse.h"
#include "dlc/passes/pass.h"

namespace dlc {

static PassResult run(Program &program, const PassContext &) {
  return fuseProgram(program) ? PassResult::Changed : PassResult::Unchanged;
}

extern const Pass pass_fuse;
constexpr Pass pass_fuse = {.name = "fuse",
                            .doc = "Fuse maps into the map, gemm or conv that produces their input.",
                            .onProgram = run,
                            .leadsTo = Stage::Fused};

} // namespace dlc
