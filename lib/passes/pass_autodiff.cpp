// Replaces `minimize` by the gradients of the loss and the optimizer's updates, as ops of the same graph.
// Gradients of single ops are in their own files; here they are asked for, added up, summed over broadcast dimensions,
// clipped and gathered over batches.
#include "dlc/passes/pass.h"

#include "dlc/ir/expand.h"
#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/running_mean.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/ScopeExit.h"

namespace dlc {
namespace {

/// Sums `value` over the dimensions along which `shape` was broadcast to it. The trailing ones first, so that each sum
/// is over adjacent axes.
Value sumTo(Builder &b, Value value, const Shape &shape) {
  size_t lead = value.shape().size() - shape.size();
  for (size_t end = shape.size(); end > 0;) {
    if (shape[end - 1] == value.shape()[lead + end - 1]) {
      --end;
      continue;
    }
    size_t begin = end;
    while (begin > 0 && shape[begin - 1] != value.shape()[lead + begin - 1])
      --begin;
    llvm::SmallVector<int64_t, 4> axes;
    for (size_t d = begin; d < end; ++d)
      axes.push_back(static_cast<int64_t>(lead + d));
    value = b.sum(value, axes, /*keep=*/true);
    end = begin;
  }
  if (lead) {
    llvm::SmallVector<int64_t, 4> axes;
    for (size_t d = 0; d < lead; ++d)
      axes.push_back(static_cast<int64_t>(d));
    value = b.sum(value, axes);
  }
  return value;
}

class Autodiff {
public:
  Autodiff(Graph &graph, Op &minimize, const PassContext &context)
      : graph_(graph), minimize_(minimize), context_(context), builder_(graph, context.registry) {}

  bool run() {
    const auto &attrs = minimize_.attrs<MinimizeAttrs>();
    const OpDef *optimizer = context_.registry.find(attrs.optimizer);
    std::string reason = "no optimizer '" + attrs.optimizer + "'";
    std::optional<Args> args;
    if (optimizer && optimizer->role == Role::Optimizer)
      args = argsFromText(optimizer->args, attrs.settings, reason);
    if (!args) {
      DLC_CHECK(context_.diags) << reason;
      context_.diags->error(minimize_.origin().range, "E190") << reason;
      return false;
    }
    freeze(attrs.frozen);
    expandWithoutGradient();
    builder_.insertBefore(&minimize_);
    backward();
    update(*optimizer, *args);
    graph_.erase(&minimize_);
    return true;
  }

private:
  static bool isTrained(const Op &op) {
    const auto *param = op.attrsIf<ParamAttrs>();
    return param && param->trainable;
  }

  /// From here on a frozen parameter is a number like any other.
  void freeze(const std::string &frozen) {
    for (Op &op : graph_.ops())
      if (isTrained(op) && isFrozen(op.attrs<ParamAttrs>().name, frozen)) {
        ParamAttrs attrs = op.attrs<ParamAttrs>();
        attrs.trainable = false;
        graph_.setAttrs(op, Attrs::of(attrs));
      }
  }

  /// Ops that depend on a trainable param through differentiable ops.
  llvm::DenseSet<const Op *> dependents() const {
    llvm::DenseSet<const Op *> set;
    for (const Op &op : graph_.ops()) {
      bool depends = isTrained(op);
      if (op.def().differentiable)
        for (Value v : op.operands())
          depends |= set.contains(v.op);
      if (depends)
        set.insert(&op);
    }
    return set;
  }

  void expandWithoutGradient() {
    for (bool changed = true; changed;) {
      changed = false;
      llvm::DenseSet<const Op *> set = dependents();
      for (auto it = graph_.ops().begin(); it != graph_.ops().end();) {
        Op &op = *it++;
        if (!set.contains(&op) || op.def().grad || !op.def().decompose)
          continue;
        expandOp(graph_, op, context_.registry);
        changed = true;
      }
    }
  }

  void backward() {
    llvm::DenseSet<const Op *> set = dependents();
    Value loss = minimize_.operand(0);
    builder_.setOrigin(minimize_.origin());
    Value one = builder_.constant(1, loss.type());
    name(one, loss);
    gradients_[{loss.op, loss.index}] = one;
    // Everything after the loss belongs to nobody; start at the loss itself.
    for (Op *op = loss.op; op; op = graph_.ops().getPrevNode(*op)) {
      if (!set.contains(op) || !op->def().grad)
        continue;
      llvm::SmallVector<Value, 2> dy;
      for (unsigned i = 0; i < op->results().size(); ++i)
        dy.push_back(gradients_.lookup({op, i}));
      if (llvm::none_of(dy, [](Value v) { return static_cast<bool>(v); }))
        continue;
      builder_.setOrigin(op->origin());
      Op *last = opBefore(graph_, &minimize_);
      Values dx = op->def().grad(*op, dy, builder_);
      DLC_CHECK(dx.size() == op->operands().size()) << op->name() << " gives another number of gradients";
      for (size_t i = 0; i < dx.size(); ++i)
        if (dx[i] && set.contains(op->operand(i).op))
          add(op->operand(i), dx[i]);
      if (!op->label().empty())
        nameParts(graph_, last, &minimize_, "d." + op->label().str());
    }
  }

  void add(Value to, Value gradient) {
    gradient = sumTo(builder_, gradient, to.shape());
    Value &total = gradients_[{to.op, to.index}];
    if (!total) {
      total = gradient;
      return name(total, to);
    }
    // The name is the sum's; what it was given to before is a part.
    if (!to.op->label().empty() && total.op->label() == gradientName(to))
      total.op->setLabel(gradientName(to) + ".part");
    total = builder_.add(total, gradient);
    name(total, to);
  }

  static std::string gradientName(Value of) {
    return "d." + of.op->label().str() + (of.index ? "." + std::to_string(of.index) : "");
  }
  /// Calls a value after what it is the gradient of, where both can be named.
  static void name(Value gradient, Value of) {
    if (gradient.op->label().empty() && !of.op->label().empty())
      gradient.op->setLabel(gradientName(of));
  }

  /// What a parameter's ops are made with: state beside it, the optimizer's arguments.
  LayerBuilder builderOf(Op &param) {
    LayerBuilder b(graph_, context_.registry);
    b.insertBefore(&minimize_);
    b.setOrigin(minimize_.origin());
    b.input = param.result();
    b.dtype = param.type().dtype;
    b.lr = minimize_.operand(1);
    return b;
  }

  /// Adds the gradients to those of the batches before. Where an update follows, they become the mean over the batches,
  /// and what was kept starts again at zero.
  void accumulate(llvm::ArrayRef<Op *> params, llvm::MutableArrayRef<Value> gradients, bool update) {
    Value batches;
    for (size_t i = 0; i < params.size(); ++i) {
      LayerBuilder b = builderOf(*params[i]);
      Op *last = opBefore(graph_, &minimize_);
      auto nameThem = llvm::make_scope_exit(
          [&] { nameParts(graph_, last, &minimize_, "accumulate." + params[i]->attrs<ParamAttrs>().name); });
      Value kept = b.state("accumulate"), sum = b.add(kept, gradients[i]);
      if (!update) {
        b.assign(kept, sum);
        continue;
      }
      if (!batches) {
        batches = b.make("input", {}, InputAttrs{"batches", minimize_.operand(1).dtype(), {}});
        batches.op->setLabel("batches");
      }
      gradients[i] = b.div(sum, batches);
      b.assign(kept, b.constant(0, kept.type()));
    }
  }

  /// Every entry to the range, then all gradients together to the norm: in the order of the parameters, so that the
  /// norm has one meaning.
  void clip(llvm::MutableArrayRef<Value> gradients, double value, double norm) {
    builder_.setOrigin(minimize_.origin());
    Op *last = opBefore(graph_, &minimize_);
    auto nameThem = llvm::make_scope_exit([&] { nameParts(graph_, last, &minimize_, "clip"); });
    if (value > 0)
      for (Value &g : gradients)
        g = builder_.make("minimum", {builder_.maximum(g, builder_.scalar(-value, g)), builder_.scalar(value, g)});
    if (!(norm > 0) || gradients.empty())
      return;
    Value length;
    for (Value g : gradients) {
      Value flat = builder_.reshape(g, {g.type().elements()});
      Value own = builder_.make("norm", {flat}, ReduceAttrs{{0}});
      length = length ? builder_.make("hypot", {length, own}) : own;
    }
    Value limit = builder_.scalar(norm, length);
    Value factor =
        builder_.select(builder_.greater(length, limit), builder_.div(limit, length), builder_.scalar(1, length));
    factor.op->setLabel("clip");
    for (Value &g : gradients)
      g = builder_.mul(g, factor);
  }

  void update(const OpDef &optimizer, const Args &args) {
    const MinimizeAttrs attrs = minimize_.attrs<MinimizeAttrs>();
    llvm::SmallVector<Op *, 16> params;
    for (Op &op : graph_.ops())
      if (isTrained(op))
        params.push_back(&op);
    llvm::SmallVector<Value, 16> gradients;
    for (Op *param : params) {
      Value gradient = gradients_.lookup({param, 0});
      if (!gradient) { // a parameter that the loss does not read
        builder_.setOrigin(param->origin());
        gradient = builder_.constant(0, param->type());
      }
      if (gradient.op->label().empty())
        gradient.op->setLabel("d." + param->attrs<ParamAttrs>().name);
      gradients.push_back(gradient);
    }
    if (attrs.accumulate)
      accumulate(params, gradients, attrs.update);
    if (!attrs.update)
      return;
    clip(gradients, attrs.clip_value, attrs.clip_norm);
    for (size_t i = 0; i < params.size(); ++i) {
      LayerBuilder b = builderOf(*params[i]);
      b.args = args;
      b.gradient = gradients[i];
      Op *last = opBefore(graph_, &minimize_);
      Value next = optimizer.build(b);
      const std::string name = params[i]->attrs<ParamAttrs>().name + ".new";
      if (next.op->label().empty())
        next.op->setLabel(name);
      b.assign(b.input, next);
      if (attrs.average > 0)
        runningMean(b, "average", next, attrs.average);
      nameScalars(graph_, last, &minimize_, optimizer.name);
      nameParts(graph_, last, &minimize_, name);
    }
  }

  Graph &graph_;
  Op &minimize_;
  const PassContext &context_;
  Builder builder_;
  llvm::DenseMap<std::pair<const Op *, unsigned>, Value> gradients_;
};

PassResult run(Graph &graph, const PassContext &context) {
  Op *minimize = nullptr;
  for (Op &op : graph.ops())
    if (op.attrsIf<MinimizeAttrs>()) {
      DLC_CHECK(!minimize) << "two minimize ops";
      minimize = &op;
    }
  if (!minimize)
    return PassResult::Unchanged;
  if (!Autodiff(graph, *minimize, context).run())
    return PassResult::Failed;
  makeLabelsUnique(graph);
  graph.stage = std::max(graph.stage, Stage::Grad);
  return PassResult::Changed;
}

} // namespace

extern const Pass pass_autodiff;
constexpr Pass pass_autodiff = {.name = "autodiff",
                                .doc = "Replace `minimize` with gradients and the optimizer's updates.",
                                .onGraph = run,
                                .leadsTo = Stage::Grad,
                                .keepsResults = false};

} // namespace dlc
