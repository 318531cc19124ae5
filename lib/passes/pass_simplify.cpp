// Small rules that make a graph smaller without changing a bit of any result, run until none applies.
// Rules about a single op live in that op's file; here are those about several, and the driver.
#include "dlc/passes/pass.h"

#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/rewriter.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace dlc {
namespace {

const ConstAttrs *constantOf(Value v) { return v.op->attrsIf<ConstAttrs>(); }

// Before: an element-wise op of constants   After: one constant   Smaller: the number of ops that compute.
bool foldConstants(Op &op, Rewriter &r) {
  if (!llvm::all_of(op.operands(), [](Value v) { return constantOf(v); }))
    return false;
  // The op's own reference on one element, in its own dtype, so that the fold has the bits of the computation.
  Graph one;
  Builder b(one, r.registry());
  Values scalars;
  llvm::SmallVector<Tensor, 3> tensors;
  tensors.reserve(op.operands().size());
  Eval eval;
  for (Value v : op.operands()) {
    scalars.push_back(b.constant(constantOf(v)->value, {v.dtype(), {}}));
    Tensor &tensor = tensors.emplace_back(Type{v.dtype(), {}});
    dispatchFloat(v.dtype(), [&](auto zero) {
      tensor.span<decltype(zero)>()[0] = static_cast<decltype(zero)>(constantOf(v)->value);
    });
    eval.in.push_back(&tensor);
  }
  Op *scalarOp = b.makeOp(op.def(), scalars, op.attrs());
  Tensor result(scalarOp->type());
  eval.out.push_back(&result);
  op.def().reference(*scalarOp, eval);
  double value =
      dispatchFloat(result.dtype(), [&](auto zero) { return static_cast<double>(result.span<decltype(zero)>()[0]); });
  r.replace(op, {r.constant(value, op.type())});
  return true;
}

// Before: x * 1, x / 1, x - 0   After: x   Smaller: the number of ops. (x + 0 stays: it turns -0 into +0.)
bool neutralOperand(Op &op, Rewriter &r) {
  const Arithmetic arithmetic = op.def().arithmetic;
  const double neutral = arithmetic == Arithmetic::Difference ? 0 : 1;
  for (size_t i = 0; i < 2; ++i) {
    const ConstAttrs *c = constantOf(op.operand(i));
    if (!c || c->value != neutral || (i == 0 && arithmetic != Arithmetic::Product))
      continue;
    Value x = op.operand(1 - i);
    if (x.type() != op.type())
      continue;
    r.replace(op, {x});
    return true;
  }
  return false;
}

// Before: reshape or broadcast of a constant   After: a constant   Smaller: the number of ops that move data.
bool shapeOfConstant(Op &op, Rewriter &r) {
  const ConstAttrs *c = constantOf(op.operand(0));
  if (!c)
    return false;
  r.replace(op, {r.constant(c->value, op.type())});
  return true;
}

// Before: an element-wise op that reads broadcast(x) and has its shape anyway   After: it reads x
// Smaller: the number of elements written.
bool broadcastOperand(Op &op, Rewriter &r) {
  for (size_t i = 0; i < op.operands().size(); ++i) {
    Op *wide = op.operand(i).op;
    if (wide->def().layout != Layout::Repeated)
      continue;
    Shape shape = wide->operand(0).shape();
    bool fits = true;
    for (size_t j = 0; j < op.operands().size(); ++j)
      if (j != i) {
        std::optional<Shape> common = broadcastShapes(shape, op.operand(j).shape());
        fits &= common.has_value();
        shape = common.value_or(shape);
      }
    if (!fits || shape != op.type().shape)
      continue;
    r.setOperand(op, i, wide->operand(0));
    return true;
  }
  return false;
}

// Before: an element-wise op with a constant of many elements   After: the same with a scalar constant
// Smaller: the size of the constant.
bool scalarConstant(Op &op, Rewriter &r) {
  for (size_t i = 0; i < op.operands().size(); ++i) {
    const ConstAttrs *c = constantOf(op.operand(i));
    if (!c || c->shape.empty())
      continue;
    Shape shape;
    for (size_t j = 0; j < op.operands().size(); ++j)
      if (j != i)
        shape = *broadcastShapes(shape, op.operand(j).shape());
    if (shape != op.type().shape)
      continue;
    r.setOperand(op, i, r.constant(c->value, {c->dtype, {}}));
    return true;
  }
  return false;
}

/// A rule, and the ops that it is about.
struct SharedRule {
  Rule rule;
  bool (*concerns)(const OpDef &def);
};
bool isElementwise(const OpDef &op) { return op.elementwise; }
bool hasNeutral(const OpDef &op) { return op.arithmetic != Arithmetic::Other && op.arithmetic != Arithmetic::Sum; }
bool onlyShapes(const OpDef &op) { return op.layout == Layout::Reshaped || op.layout == Layout::Repeated; }

constexpr SharedRule kRules[] = {
    {{"fold-constants", foldConstants}, isElementwise},   {{"neutral-operand", neutralOperand}, hasNeutral},
    {{"shape-of-constant", shapeOfConstant}, onlyShapes}, {{"broadcast-operand", broadcastOperand}, isElementwise},
    {{"scalar-constant", scalarConstant}, isElementwise},
};

/// The rules to try on an op, its own ones last; found once for each kind of op.
class Rules {
public:
  llvm::ArrayRef<Rule> of(const OpDef &def) {
    auto [entry, isNew] = known_.try_emplace(&def);
    if (isNew) {
      for (const SharedRule &shared : kRules)
        if (shared.concerns(def))
          entry->second.push_back(shared.rule);
      entry->second.append(def.rules.begin(), def.rules.end());
    }
    return entry->second;
  }

private:
  llvm::DenseMap<const OpDef *, llvm::SmallVector<Rule, 4>> known_;
};

/// Tries one rule; checks that what it says is what it did. `named` says whether there are new labels.
bool apply(const Rule &rule, Op &op, Rewriter &r, const PassContext &context, bool &named) {
  unsigned before = r.changes();
  Op *last = opBefore(r.graph(), &op);
  bool changed = rule.apply(op, r);
  DLC_CHECK(changed == (r.changes() != before)) << "rule " << rule.name << " says changed=" << changed;
  if (changed) {
    named |= nameParts(r.graph(), last, &op, op.label());
    context.count(rule.name);
  }
  return changed;
}

PassResult run(Graph &graph, const PassContext &context) {
  Rewriter rewriter(graph, context.registry);
  Rules rules;
  bool any = false, named = false;
  // Every rule shrinks something, so this ends; the bound turns a rule that does not into a named bug.
  unsigned rounds = 0;
  for (bool changed = true; changed;) {
    DLC_CHECK(++rounds < 1000) << "simplify does not come to an end";
    changed = false;
    for (auto it = graph.ops().begin(); it != graph.ops().end();) {
      Op &op = *it++;
      rewriter.insertBefore(&op);
      rewriter.setOrigin(op.origin());
      if (llvm::none_of(rules.of(op.def()), [&](const Rule &r) { return apply(r, op, rewriter, context, named); }))
        continue;
      changed = any = true;
      if (rewriter.replaced(op))
        graph.erase(&op);
      rewriter.forget();
    }
  }
  if (named)
    makeLabelsUnique(graph);
  return any ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_simplify;
constexpr Pass pass_simplify = {
    .name = "simplify", .doc = "Shrink the graph by rules that change no bit of a result.", .onGraph = run};

} // namespace dlc
