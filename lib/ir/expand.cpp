// Inlines one decomposition in place.
// It expands one level only; callers go on with what came out.
#include "dlc/ir/expand.h"

#include "dlc/ir/naming.h"

namespace dlc {

void expandOp(Graph &graph, Op &op, const Registry &registry) {
  DLC_CHECK(op.def().decompose) << op.name() << " is a primitive";
  Builder builder(graph, registry);
  builder.insertBefore(&op);
  builder.setOrigin(op.origin());
  Op *last = opBefore(graph, &op);
  Values parts = op.def().decompose(op, builder);
  DLC_CHECK(parts.size() == op.results().size()) << op.name() << " decomposes into too few results";
  for (unsigned i = 0; i < parts.size(); ++i) {
    DLC_CHECK(parts[i].type() == op.type(i)) << op.name() << " result " << i << " is " << toString(op.type(i))
                                             << ", its decomposition " << toString(parts[i].type());
    if (parts[i].op->label().empty() && !op.label().empty() && i == 0)
      parts[i].op->setLabel(op.label());
    graph.replaceUses(op.result(i), parts[i]);
  }
  if (op.def().role == Role::Optimizer)
    nameScalars(graph, last, &op, op.def().name);
  nameParts(graph, last, &op, op.label());
  graph.erase(&op);
}

} // namespace dlc
