// Removes ops whose results nobody reads and that have no effect.
// Effects are `assign`, `output` and `minimize`; everything they need stays.
#include "dlc/passes/pass.h"

namespace dlc {
namespace {

PassResult run(Graph &graph, const PassContext &context) {
  bool changed = false;
  // From the back: what only dead ops read is dead by the time it is looked at.
  for (auto it = graph.ops().rbegin(); it != graph.ops().rend();) {
    Op &op = *it++;
    if (op.def().effect || !op.users().empty())
      continue;
    graph.erase(&op);
    context.count("dce");
    changed = true;
  }
  return changed ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_dce;
constexpr Pass pass_dce = {.name = "dce", .doc = "Remove ops whose results nobody reads.", .onGraph = run};

} // namespace dlc
