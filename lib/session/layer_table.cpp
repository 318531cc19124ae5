// Implements the table: ops that one written layer made are one row; work is counted in the primitives each op comes
// to. A layer that stands in a repeated block has one place in the source and many rows, so rows never go by place
// alone.
#include "dlc/session/layer_table.h"

#include "dlc/compile/compile.h"
#include "dlc/ir/expand.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/support/sources.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::session {
namespace {

bool isLayerOp(const Op &op) {
  return !op.attrsIf<ParamAttrs>() && !op.attrsIf<ConstAttrs>() && !op.attrsIf<OutputAttrs>();
}

/// For each layer op of `graph`, in order: the work of what it is made of.
std::vector<int64_t> workOf(const Graph &graph, const Registry &registry) {
  std::unique_ptr<Graph> copy = graph.clone();
  std::vector<int64_t> work;
  auto &ops = copy->ops();
  for (auto it = ops.begin(); it != ops.end();) {
    const bool counts = isLayerOp(*it);
    const auto next = std::next(it);
    Op *before = it == ops.begin() ? nullptr : &*std::prev(it);
    auto first = [&] { return before ? std::next(before->getIterator()) : ops.begin(); };
    int64_t sum = 0;
    for (auto part = it; part != next;) {
      if (!part->def().decompose) {
        sum += part->def().multiplyAdds ? part->def().multiplyAdds(*part) : 0;
        before = &*part;
      } else {
        expandOp(*copy, *part, registry);
      }
      part = first();
    }
    if (counts)
      work.push_back(sum);
    it = next;
  }
  return work;
}

/// The layer that stands at `op`'s place; the op itself where that is none.
const OpDef &writtenLayer(const Op &op, const Registry &registry) {
  llvm::StringRef text = textOf(op.origin().range);
  text = text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
  const OpDef *def = text.empty() ? nullptr : registry.findLayer(text, Role::Layer);
  return def ? *def : op.def();
}

/// "attention1" of "attention1.query.weight" and "attention1.key.weight"; "linear1" of its only weight.
std::string commonScope(llvm::ArrayRef<llvm::StringRef> names) {
  if (names.empty())
    return "";
  llvm::StringRef scope = names.front().rsplit('.').first;
  while (!llvm::all_of(names, [&](llvm::StringRef n) { return n.starts_with((scope + ".").str()); })) {
    auto [head, tail] = scope.rsplit('.');
    if (tail.empty())
      return "";
    scope = head;
  }
  return scope.str();
}

/// How many ops of a stretch with one place in the source make one copy of the layer: `3 * Linear(8)` is three.
size_t periodOf(llvm::ArrayRef<const Op *> ops) {
  for (size_t period = 1; period < ops.size(); ++period) {
    if (ops.size() % period)
      continue;
    bool same = true;
    for (size_t i = period; same && i < ops.size(); ++i)
      same = &ops[i]->def() == &ops[i - period]->def();
    if (same)
      return period;
  }
  return ops.size();
}

LayerRow rowOf(llvm::ArrayRef<const Op *> ops, const Registry &registry) {
  LayerRow row;
  const Op &last = *ops.back();
  const Type &type = last.type();
  row.shape = shapeText(llvm::ArrayRef<int64_t>(type.shape).drop_front(type.shape.empty() ? 0 : 1));
  const OpDef &layer = writtenLayer(last, registry);
  row.layer = (layer.layer.empty() ? layer.name : layer.layer).str();
  row.sequences = layer.sequences;
  row.name = last.label().str();
  if (const auto *input = last.attrsIf<InputAttrs>()) {
    row.name = input->name;
    row.layer = "";
  }
  llvm::SmallVector<llvm::StringRef, 8> names;
  llvm::SmallPtrSet<const Op *, 8> seen;
  for (const Op *op : ops)
    for (Value operand : op->operands())
      if (const auto *param = operand.op->attrsIf<ParamAttrs>(); param && seen.insert(operand.op).second) {
        names.push_back(param->name);
        if (param->trainable) // running statistics are no parameters
          row.parameters += operand.type().elements();
      }
  if (std::string scope = commonScope(names); !scope.empty())
    row.name = scope;
  return row;
}

} // namespace

std::vector<LayerRow> layerTable(const dsl::Net &net) {
  const Registry &registry = compile::registry();
  std::vector<const Op *> ops;
  for (const Op &op : net.graph->ops())
    if (isLayerOp(op))
      ops.push_back(&op);
  std::vector<int64_t> work = workOf(*net.graph, registry);
  std::vector<LayerRow> rows;
  llvm::DenseMap<const Op *, size_t> rowOfOp;
  for (size_t i = 0; i < ops.size();) {
    size_t end = i + 1;
    const std::string &place = ops[i]->origin().text;
    while (end < ops.size() && !place.empty() && ops[end]->origin().text == place)
      ++end;
    const size_t period = periodOf(llvm::ArrayRef(ops).slice(i, end - i));
    for (; i < end; i += period) {
      llvm::ArrayRef<const Op *> mine = llvm::ArrayRef(ops).slice(i, period);
      LayerRow row = rowOf(mine, registry);
      for (size_t k = 0; k < period; ++k) {
        row.multiplyAdds += work[i + k];
        for (Value operand : mine[k]->operands())
          if (auto from = rowOfOp.find(operand.op);
              from != rowOfOp.end() && !llvm::is_contained(row.from, from->second))
            row.from.push_back(from->second);
      }
      for (const Op *op : mine)
        rowOfOp[op] = rows.size();
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

} // namespace dlc::session
