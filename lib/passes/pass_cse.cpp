// Keeps the first of several ops that compute the same thing: same op, same operands, same attributes.
// Random ops count too, because their numbers depend only on their attributes and the step.
#include "dlc/passes/pass.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

/// An op with the hash of what it computes: most others are told apart without a look at them, as a graph of a big net
/// does not fit into the caches.
struct Computation {
  Op *op = nullptr;
  unsigned hash = 0;

  static Computation of(Op &op) {
    llvm::hash_code hash = llvm::hash_combine(&op.def(), op.attrs());
    for (Value v : op.operands())
      hash = llvm::hash_combine(hash, v.op, v.index);
    return {&op, static_cast<unsigned>(hash)};
  }
};

/// Ops are equal when they compute the same thing; results need no look, they follow from the rest.
struct SameComputation {
  static Computation getEmptyKey() { return {llvm::DenseMapInfo<Op *>::getEmptyKey(), 0}; }
  static Computation getTombstoneKey() { return {llvm::DenseMapInfo<Op *>::getTombstoneKey(), 0}; }
  static unsigned getHashValue(const Computation &c) { return c.hash; }
  static bool isKey(const Op *op) {
    return op == llvm::DenseMapInfo<Op *>::getEmptyKey() || op == llvm::DenseMapInfo<Op *>::getTombstoneKey();
  }
  static bool isEqual(const Computation &a, const Computation &b) {
    if (a.op == b.op)
      return true;
    if (a.hash != b.hash || isKey(a.op) || isKey(b.op))
      return false;
    return &a.op->def() == &b.op->def() && llvm::equal(a.op->operands(), b.op->operands()) &&
           a.op->attrs() == b.op->attrs();
  }
};

PassResult run(Graph &graph, const PassContext &context) {
  llvm::DenseSet<Computation, SameComputation> first;
  first.reserve(graph.ops().size()); // growing would hash everything again
  bool changed = false;
  for (auto it = graph.ops().begin(); it != graph.ops().end();) {
    Op &op = *it++;
    if (op.def().effect)
      continue;
    auto [entry, isNew] = first.insert(Computation::of(op));
    if (isNew)
      continue;
    Op &kept = *entry->op;
    for (unsigned i = 0; i < op.results().size(); ++i)
      graph.replaceUses(op.result(i), kept.result(i));
    if (kept.label().empty())
      kept.setLabel(op.label());
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
