// The graph of one step of a sequence, for nets that are asked position by position.
// stepping.cpp makes it; default pipelines do without.
#include "dlc/passes/pass.h"
#include "dlc/passes/stepping.h"

namespace dlc {
namespace {

PassResult run(Graph &graph, const PassContext &context) {
  auto made = makeStepping(graph, context.registry);
  if (made)
    return made->sequences ? PassResult::Changed : PassResult::Unchanged;
  if (context.diags)
    report(*context.diags, made.failure());
  return PassResult::Failed;
}

} // namespace

extern const Pass pass_step;
constexpr Pass pass_step = {.name = "step",
                            .doc = "Inference: compute one position of a sequence, from the states of the one before.",
                            .onGraph = run,
                            .keepsResults = false};

} // namespace dlc
