// Checks the promises of each stage, trusting nothing that the graph stores.
// It changes nothing and stops at nothing: all findings are returned.
#include "dlc/ir/verifier.h"

#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_def.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc {
namespace {

class Verifier {
public:
  explicit Verifier(const Graph &graph) : graph_(graph) {}

  std::vector<std::string> run() {
    for (const Op &op : graph_.ops()) {
      operands(op);
      types(op);
      defined_.insert(&op);
      if (graph_.stage >= Stage::Primitive && op.def().lower == nullptr)
        say(op, "has no lowering");
    }
    users();
    if (graph_.stage >= Stage::Grad)
      updates();
    return std::move(findings_);
  }

private:
  void say(const Op &op, const std::string &what) {
    findings_.push_back(toString(op) + ": " + what + (op.origin().text.empty() ? "" : " (" + op.origin().text + ")"));
  }

  void operands(const Op &op) {
    for (Value v : op.operands()) {
      if (!defined_.contains(v.op))
        say(op, "reads a value that is not defined before it");
      else if (v.index >= v.op->results().size())
        say(op, "reads a result that " + v.op->name().str() + " does not have");
      ++uses_[{v.op, &op}];
    }
    const Texts &names = op.def().operands;
    bool variadic = !names.empty() && names.back().ends_with("...");
    if (variadic ? op.operands().size() < names.size() : op.operands().size() != names.size())
      say(op, "has " + std::to_string(op.operands().size()) + " operands");
  }

  void types(const Op &op) {
    llvm::SmallVector<Type, 4> operandTypes;
    for (Value v : op.operands())
      operandTypes.push_back(v.type());
    OpView view(operandTypes, op.attrs());
    op.def().infer(view);
    if (view.failed())
      say(op, view.error().message);
    else if (view.results() != op.results())
      say(op, "result types are not what its rule gives");
  }

  void users() {
    for (const Op &op : graph_.ops()) {
      llvm::SmallVector<const Op *, 8> listed(op.users().begin(), op.users().end());
      llvm::sort(listed);
      for (size_t i = 0, count = 0; i < listed.size(); i += count) {
        count = 1;
        while (i + count < listed.size() && listed[i + count] == listed[i])
          ++count;
        if (uses_.lookup({&op, listed[i]}) != count)
          say(op, "its use list is wrong");
      }
    }
  }

  void updates() {
    llvm::StringMap<unsigned> assigned;
    bool any = false;
    for (const Op &op : graph_.ops())
      if (const auto *param = op.def().assigns ? op.operand(0).op->attrsIf<ParamAttrs>() : nullptr) {
        ++assigned[param->name];
        any = true;
      }
    for (const Op &op : graph_.ops()) {
      const auto *param = op.attrsIf<ParamAttrs>();
      if (!param)
        continue;
      unsigned count = assigned.lookup(param->name);
      if (count == 0) // a step that only adds its gradients to those of the steps before
        count = assigned.lookup("accumulate." + param->name);
      // Inference graphs are at a late stage too, and update nothing.
      if (any && param->trainable && count != 1)
        say(op, "parameter has " + std::to_string(count) + " updates");
    }
  }

  const Graph &graph_;
  std::vector<std::string> findings_;
  llvm::DenseSet<const Op *> defined_;
  llvm::DenseMap<std::pair<const Op *, const Op *>, unsigned> uses_;
};

} // namespace

std::vector<std::string> verify(const Graph &graph) { return Verifier(graph).run(); }

} // namespace dlc
