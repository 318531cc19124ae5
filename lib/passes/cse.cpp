// Keeps the first of several ops that compute the same thing: same op, same operands, same attributes.
// Random ops count too, because their numbers depend only on their attributes and the step.
#include "passes_list.h"

#include "llvm/ADT/StringMap.h"

namespace dlc {
namespace {

/// Equal keys, equal results.
std::string keyOf(const Op &op) {
  std::string key;
  llvm::raw_string_ostream os(key);
  os << op.name() << ' ' << op.attrs().text();
  for (Value v : op.operands())
    os << ' ' << v.op->number() << '.' << v.index;
  return key;
}

PassResult run(Graph &graph, const PassContext &context) {
  graph.number();
  llvm::StringMap<Op *> first;
  bool changed = false;
  for (auto it = graph.ops().begin(); it != graph.ops().end();) {
    Op &op = *it++;
    if (op.def().effect)
      continue;
    auto [entry, isNew] = first.try_emplace(keyOf(op), &op);
    if (isNew)
      continue;
    for (unsigned i = 0; i < op.results().size(); ++i)
      graph.replaceUses(op.result(i), entry->second->result(i));
    graph.erase(&op);
    context.count("cse");
    changed = true;
  }
  return changed ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

constexpr Pass kCsePass = {"cse", "Keep one of several ops that compute the same thing.", run};

} // namespace dlc
