// The list of program passes.
// What they do is in fuse.cpp, hoist.cpp and program/plan.cpp.
#include "dlc/lower/passes.h"

#include "dlc/program/plan.h"

namespace dlc {

static bool plan(Program &program) {
  planProgram(program);
  return true;
}

static constexpr ProgramPass kFuse = {"fuse", "Let maps join the map or gemm that wrote what they read.", fuseProgram};
static constexpr ProgramPass kHoist = {"hoist", "Move what is the same in every step to init, packing of weights too.",
                                       hoistProgram};
static constexpr ProgramPass kPlan = {"plan", "Give every buffer its place in one arena.", plan};
static constexpr const ProgramPass *kPasses[] = {&kFuse, &kHoist, &kPlan};

llvm::ArrayRef<const ProgramPass *> allProgramPasses() { return kPasses; }

const ProgramPass *findProgramPass(llvm::StringRef name) {
  for (const ProgramPass *pass : kPasses)
    if (pass->name == name)
      return pass;
  return nullptr;
}

} // namespace dlc
