// Keeps the first of several ops that compute the same thing: same op, same operands, same attributes.
// Random ops count too, because their numbers depend only on their attributes and the step.
#include "dlc/passes/pass.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

/// Ops are equal when they compute the same thing; results need no look, they follow from the rest.
struct SameComputation : llvm::DenseMapInfo<Op *> {
  static unsigned getHashValue(const Op *op) {
    llvm::hash_code hash = llvm::hash_combine(&op->def(), op->attrs());
    for (Value v : op->operands())
      hash = llvm::hash_combine(hash, v.op, v.index);
    return static_cast<unsigned>(hash);
  }
  static bool isEqual(const Op *a, const Op *b) {
    if (a == b)
      return true;
    if (a == getEmptyKey() || a == getTombstoneKey() || b == getEmptyKey() || b == getTombstoneKey())
      return false;
    return &a->def() == &b->def() && llvm::equal(a->operands(), b->operands()) && a->attrs() == b->attrs();
  }
};

PassResult run(Graph &graph, const PassContext &context) {
  llvm::DenseSet<Op *, SameComputation> first;
  first.reserve(graph.ops().size()); // growing would hash everything again
  bool changed = false;
  for (auto it = graph.ops().begin(); it != graph.ops().end();) {
    Op &op = *it++;
    if (op.def().effect)
      continue;
    auto [entry, isNew] = first.insert(&op);
    if (isNew)
      continue;
    for (unsigned i = 0; i < op.results().size(); ++i)
      graph.replaceUses(op.result(i), (*entry)->result(i));
    if ((*entry)->label().empty())
      (*entry)->setLabel(op.label());
    graph.erase(&op);
    context.count("cse");
    changed = true;
  }
  return changed ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_cse;
constexpr Pass pass_cse = {
    .name = "cse", .doc = "Keep one of several ops that compute the same thing.", .onGraph = run};

} // namespace dlc
