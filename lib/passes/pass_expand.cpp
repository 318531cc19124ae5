// Replaces every op that cannot be lowered by what it is made of, until all can.
// Composites with a lowering of their own stay whole.
#include "dlc/passes/pass.h"

#include "dlc/ir/expand.h"
#include "dlc/ir/naming.h"

namespace dlc {
namespace {

PassResult run(Graph &graph, const PassContext &context) {
  bool changed = graph.stage < Stage::Primitive;
  for (auto it = graph.ops().begin(); it != graph.ops().end();) {
    Op &op = *it;
    if (op.def().lower) {
      ++it;
      continue;
    }
    // The parts may be composite themselves: go on where the op stood.
    Op *before = graph.ops().getPrevNode(op);
    expandOp(graph, op, context.registry);
    it = before ? std::next(before->getIterator()) : graph.ops().begin();
    context.count("expand");
    changed = true;
  }
  if (changed)
    makeLabelsUnique(graph);
  graph.stage = Stage::Primitive;
  return changed ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_expand;
constexpr Pass pass_expand = {.name = "expand",
                              .doc = "Replace composites that have no lowering with their parts.",
                              .onGraph = run,
                              .leadsTo = Stage::Primitive};

} // namespace dlc
