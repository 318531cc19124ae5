// Implements naming.
// A label is made of the whole's and of the mnemonic; which part is which follows from the order.
#include "dlc/ir/naming.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc {

Op *opBefore(Graph &graph, Op *op) {
  if (op)
    return graph.ops().getPrevNode(*op);
  return graph.empty() ? nullptr : &graph.ops().back();
}

static void nameThose(Graph &graph, Op *last, Op *end, llvm::StringRef whole, bool scalarsOnly) {
  if (whole.empty())
    return;
  llvm::SmallVector<std::pair<const OpDef *, unsigned>, 8> counts; // few kinds: a search is cheaper than a table
  auto at = last ? std::next(last->getIterator()) : graph.ops().begin();
  for (auto stop = end ? end->getIterator() : graph.ops().end(); at != stop; ++at) {
    if (!at->label().empty() || at->results().empty() || (scalarsOnly && !at->type().shape.empty()))
      continue;
    auto count = llvm::find_if(counts, [&](const auto &known) { return known.first == &at->def(); });
    if (count == counts.end())
      count = counts.insert(counts.end(), {&at->def(), 0});
    std::string label = (whole + "." + at->name()).str();
    if (++count->second > 1)
      label += "_" + std::to_string(count->second);
    at->setLabel(label);
  }
}

void nameParts(Graph &graph, Op *last, Op *end, llvm::StringRef whole) {
  nameThose(graph, last, end, whole, /*scalarsOnly=*/false);
}

void nameScalars(Graph &graph, Op *last, Op *end, llvm::StringRef whole) {
  nameThose(graph, last, end, whole, /*scalarsOnly=*/true);
}

void makeLabelsUnique(Graph &graph) {
  llvm::StringMap<unsigned> taken; // labels, and the last number that was put behind each
  for (Op &op : graph.ops()) {
    if (op.label().empty() || taken.try_emplace(op.label(), 1).second)
      continue;
    unsigned &last = taken[op.label()];
    std::string label;
    do
      label = (op.label() + "_" + llvm::Twine(++last)).str();
    while (!taken.try_emplace(label, 1).second);
    op.setLabel(label);
  }
}

} // namespace dlc
