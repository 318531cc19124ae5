// plan: the pass after which a program can run.
// How it is done is said in program/plan.cpp.
#include "dlc/passes/pass.h"
#include "dlc/program/plan.h"

namespace dlc {

static PassResult run(Program &program, const PassContext &) {
  planProgram(program);
  return PassResult::Changed;
}

extern const Pass pass_plan;
constexpr Pass pass_plan = {
    .name = "plan", .doc = "Place every buffer in one arena.", .onProgram = run, .leadsTo = Stage::Planned};

} // namespace dlc
