// Derives every type again from the operands, in order; a change of an input's shape (the batch) flows through.
// It adds and removes no op.
#include "dlc/passes/pass.h"

namespace dlc {
namespace {

PassResult run(Graph &graph, const PassContext &) {
  bool changed = graph.stage < Stage::Typed;
  for (Op &op : graph.ops()) {
    llvm::SmallVector<Type, 4> types;
    for (Value v : op.operands())
      types.push_back(v.type());
    OpView view(types, op.attrs());
    op.def().infer(view);
    if (view.failed())
      return PassResult::Failed;
    if (view.results() != op.results()) {
      graph.setResultTypes(op, view.results());
      changed = true;
    }
  }
  graph.stage = std::max(graph.stage, Stage::Typed);
  return changed ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_infer;
constexpr Pass pass_infer = {.name = "infer",
                             .doc = "Recompute the type of every value from its operands.",
                             .onGraph = run,
                             .leadsTo = Stage::Typed};

} // namespace dlc
