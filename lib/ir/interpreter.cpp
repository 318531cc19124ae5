// Runs a graph through the reference loops of its primitives.
// It has no threads, no memory plan and no kernels.
#include "dlc/ir/interpreter.h"

#include "dlc/ir/expand.h"
#include "dlc/ir/op_attrs.h"

#include <cmath>

namespace dlc {
namespace {

bool hasBadValue(const Tensor &tensor) {
  if (!isFloat(tensor.dtype()))
    return false;
  return dispatchFloat(tensor.dtype(), [&](auto zero) {
    for (auto x : tensor.span<decltype(zero)>())
      if (!std::isfinite(x))
        return true;
    return false;
  });
}

} // namespace

Interpreter::Interpreter(const Graph &graph, const Registry &registry) : graph_(graph.clone()) {
  for (auto it = graph_->ops().begin(); it != graph_->ops().end();) {
    Op &op = *it;
    if (!op.def().decompose) {
      ++it;
      continue;
    }
    // What stands where the op stood may itself be composite: look at it again.
    Op *before = graph_->ops().getPrevNode(op);
    expandOp(*graph_, op, registry);
    it = before ? std::next(before->getIterator()) : graph_->ops().begin();
  }
  graph_->number();
  for (Op &op : graph_->ops()) {
    for (Value v : op.operands())
      lastUse_[v.op] = op.number();
    if (const auto *input = op.attrsIf<InputAttrs>())
      inputs_.try_emplace(input->name, op.type());
    if (const auto *param = op.attrsIf<ParamAttrs>())
      params_.try_emplace(param->name, op.type());
  }
}

Interpreter::~Interpreter() = default;

Tensor &Interpreter::input(llvm::StringRef name) {
  auto it = inputs_.find(name);
  DLC_CHECK(it != inputs_.end()) << "graph has no input '" << name << "'";
  return it->second;
}

bool Interpreter::hasInput(llvm::StringRef name) const { return inputs_.contains(name); }

std::vector<std::string> Interpreter::inputNames() const {
  std::vector<std::string> names;
  for (const auto &entry : inputs_)
    names.push_back(entry.first().str());
  return names;
}

Tensor &Interpreter::param(llvm::StringRef name) {
  auto it = params_.find(name);
  DLC_CHECK(it != params_.end()) << "graph has no param '" << name << "'";
  return it->second;
}

const Tensor &Interpreter::output(llvm::StringRef name) const {
  auto it = outputs_.find(name);
  DLC_CHECK(it != outputs_.end()) << "graph has no output '" << name << "'";
  return it->second;
}

void Interpreter::run() {
  llvm::DenseMap<const Op *, std::vector<Tensor>> values;
  std::vector<std::pair<std::string, Tensor>> assigned;
  firstBad_ = nullptr;
  std::vector<std::vector<const Op *>> dying(graph_->ops().size());
  for (auto [op, number] : lastUse_)
    dying[number].push_back(op);

  auto valueOf = [&](Value v) -> const Tensor * {
    if (const auto *input = v.op->attrsIf<InputAttrs>())
      return &inputs_.find(input->name)->second;
    if (const auto *param = v.op->attrsIf<ParamAttrs>())
      return &params_.find(param->name)->second;
    return &values.find(v.op)->second[v.index];
  };
  for (Op &op : graph_->ops()) {
    if (op.def().assigns)
      assigned.emplace_back(op.operand(0).op->attrs<ParamAttrs>().name, *valueOf(op.operand(1)));
    else if (const auto *output = op.attrsIf<OutputAttrs>())
      outputs_.insert_or_assign(output->name, *valueOf(op.operand(0)));
    else if (!op.attrsIf<InputAttrs>() && !op.attrsIf<ParamAttrs>()) {
      std::vector<Tensor> results;
      for (const Type &type : op.results())
        results.emplace_back(type);
      Eval eval;
      for (Value v : op.operands())
        eval.in.push_back(valueOf(v));
      for (Tensor &tensor : results)
        eval.out.push_back(&tensor);
      op.def().reference(op, eval);
      if (keep_ && !firstBad_)
        for (const Tensor &tensor : results)
          if (hasBadValue(tensor))
            firstBad_ = &op;
      values[&op] = std::move(results);
    }
    for (const Op *dead : dying[op.number()])
      values.erase(dead);
    if (watch_)
      watch_(op.number() + 1, graph_->ops().size());
  }
  for (auto &[name, tensor] : assigned)
    params_.find(name)->second = std::move(tensor);
}

const Op *Interpreter::firstBadOp() const { return firstBad_; }

} // namespace dlc
