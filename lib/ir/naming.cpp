// Implements naming.
// A label is made of the whole's and of the mnemonic; which part is which follows from the order.
#include "dlc/ir/naming.h"

#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"

namespace dlc {

Op *opBefore(Graph &graph, Op *op) {
  if (op)
    return graph.ops().getPrevNode(*op);
  return graph.empty() ? nullptr : &graph.ops().back();
}

static bool nameThose(Graph &graph, Op *last, Op *end, llvm::StringRef whole, bool scalarsOnly) {
  bool named = false;
  if (whole.empty())
    return named;
  llvm::SmallVector<std::pair<const OpDef *, unsigned>, 8> counts; // few kinds: a search is cheaper than a table
  std::string label;
  auto at = last ? std::next(last->getIterator()) : graph.ops().begin();
  for (auto stop = end ? end->getIterator() : graph.ops().end(); at != stop; ++at) {
    if (!at->label().empty() || at->results().empty() || (scalarsOnly && !at->type().shape.empty()))
      continue;
    auto count = llvm::find_if(counts, [&](const auto &known) { return known.first == &at->def(); });
    if (count == counts.end())
      count = counts.insert(counts.end(), {&at->def(), 0});
    label.assign(whole.begin(), whole.end());
    label += '.';
    label += at->name();
    if (++count->second > 1)
      label += "_" + std::to_string(count->second);
    at->setLabel(label);
    named = true;
  }
  return named;
}

bool nameParts(Graph &graph, Op *last, Op *end, llvm::StringRef whole) {
  return nameThose(graph, last, end, whole, /*scalarsOnly=*/false);
}

void nameScalars(Graph &graph, Op *last, Op *end, llvm::StringRef whole) {
  nameThose(graph, last, end, whole, /*scalarsOnly=*/true);
}

void makeLabelsUnique(Graph &graph) {
  // Labels, and the last number that was put behind each; no label moves while it stands here.
  llvm::DenseMap<llvm::CachedHashStringRef, unsigned> taken;
  taken.reserve(static_cast<unsigned>(graph.ops().size()));
  for (Op &op : graph.ops()) {
    if (op.label().empty())
      continue;
    auto [first, isNew] = taken.try_emplace(llvm::CachedHashStringRef(op.label()), 1);
    if (isNew)
      continue;
    std::string label;
    do
      label = (op.label() + "_" + llvm::Twine(++first->second)).str();
    while (taken.contains(llvm::CachedHashStringRef(label)));
    op.setLabel(label); // the op before keeps its own
    taken.try_emplace(llvm::CachedHashStringRef(op.label()), 1);
  }
}

} // namespace dlc
