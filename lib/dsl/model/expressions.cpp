// Expressions of a body: names, arithmetic, arrows and calls of several values, to values of the graph.
// What a layer makes of its values is in layers.cpp.
#include "model_builder.h"
#include "settings/key_search.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"
#include "dlc/support/try.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"
#include <cmath>

namespace dlc::dsl {

static constexpr unsigned kMaxAdvised = 100; // errors whose help is sought: each time, all names are gone over

/// `ReLU(Linear(h, 10))` to `h -> Linear(10) -> ReLU`.
std::optional<std::string> ModelBuilder::asArrow(const Scope &scope, const Expr &expr) const {
  if (const auto *ref = expr.as<Ref>()) {
    const std::string name = canonicalName(ref->name.text);
    if (scope.values.count(name) || scope.bound.count(name) || llvm::StringRef(name).split('.').first == "input")
      return textOf(expr.loc).str();
    return std::nullopt;
  }
  if (expr.as<Flow>())
    return textOf(expr.loc).str();
  if (const auto *chain = expr.as<Chain>()) {
    if (llvm::none_of(chain->operands, [&](const dsl::Operand &next) { return asArrow(scope, next.value); }))
      return std::nullopt;
    return textOf(expr.loc).str();
  }
  const auto *call = expr.as<Call>();
  if (!call)
    return std::nullopt;
  const OpDef *def = registry.findLayer(call->callee.text, Role::Layer);
  if (def && def->several)
    return textOf(expr.loc).str();
  if ((!def && !blocks.find(call->callee.text)) || call->args.empty() || !call->args.front().name.text.empty())
    return std::nullopt;
  DLC_TRY(auto value, asArrow(scope, call->args.front().value));
  std::string text = value + " -> " + call->callee.text.str();
  for (size_t i = 1; i < call->args.size(); ++i)
    text += (i == 1 ? "(" : ", ") + textOf(call->args[i].loc()).str();
  return text + (call->args.size() > 1 ? ")" : "");
}

/// The line of the body being read that binds `name`. Those above the one that is read are known: it is below.
const Statement *ModelBuilder::bindingBelow(const Scope &scope, llvm::StringRef name) const {
  const Section *section = scope.block;
  for (const Section &other : file.sections)
    if (!section && other.kind.text.equals_insensitive("model"))
      section = &other; // the first one, as everywhere
  if (section)
    for (const Statement &s : section->body)
      if (canonicalName(s.key.text) == name)
        return &s;
  return nullptr;
}

std::optional<Traced> ModelBuilder::reference(Scope &scope, const Ref &ref, Loc loc) {
  const std::string spelled = canonicalName(ref.name.text);
  llvm::StringRef name = spelled;
  auto it = scope.values.find(name);
  if (it != scope.values.end()) {
    scope.used.insert(name);
    return it->second;
  }
  if (name == scope.binding) {
    diags.error(loc, "E221") << "'" << name << "' is used in its own definition";
    return std::nullopt;
  }
  if (scope.bound.count(name) || scope.broken.contains(name))
    return std::nullopt; // its own line was in error
  if (name.split('.').first == "input" && (scope.block || !isBound(scope, "input")))
    return std::nullopt; // what should have brought it was in error
  if (blocks.isLayerName(name) || blocks.find(name)) {
    diags.error(loc, "E220").help("write value -> " + name)
        << "'" << name << "' is a layer: it needs a value from an arrow";
    return std::nullopt;
  }
  const Statement *below = nullptr;
  llvm::StringRef near;
  if (diags.errorCount() - errorsBefore < kMaxAdvised) {
    below = bindingBelow(scope, name);
    llvm::SmallVector<llvm::StringRef> names(scope.values.keys());
    llvm::sort(names);
    near = closest(name, llvm::ArrayRef(names).take_front(1000));
    // Of several inputs each is called by its whole name.
    for (llvm::StringRef known : names)
      if (llvm::StringRef rest = known; rest.consume_front("input.") && (rest == name || name == "input")) {
        near = known;
        break;
      }
  }
  if (!below && near.empty() && file.incomplete)
    return std::nullopt; // a constant that an include would have brought
  auto d = diags.error(loc, "E221");
  d << "there is no value '" << name << "' here";
  if (below)
    d.note(below->key.loc, "it is bound here").help("move its line up");
  else if (!near.empty())
    d.help("did you mean " + near + "?");
  else if (std::string advice = adviceInModel(scope.binding); !advice.empty() && !scope.insideArrow)
    d.help(advice);
  return std::nullopt;
}

std::optional<Traced> ModelBuilder::evaluate(Scope &scope, const Expr &expr) {
  DLC_TRY(auto result, operand(scope, expr));
  if (auto *value = std::get_if<Traced>(&result))
    return *value;
  auto d = diags.error(expr.loc, "E221");
  d << "expected a value, found the number " << shortNumber(std::get<double>(result));
  if (std::string advice = adviceInModel(scope.binding); !advice.empty())
    d.help(advice);
  else if (!scope.insideArrow)
    d.help("define constants above the first section");
  return std::nullopt;
}

/// What to write for tokens that stand at `loc`.
static std::string embedded(Loc loc) { return "write (" + textOf(loc).str() + " -> Embedding(32))"; }

std::optional<ModelBuilder::Operand> ModelBuilder::operand(Scope &scope, const Expr &expr) {
  auto asOperand = [](std::optional<Traced> value) -> std::optional<Operand> {
    if (!value)
      return std::nullopt;
    return Operand(*value);
  };
  auto number = [&](const Const &value) -> std::optional<Operand> {
    if (auto n = scope.evaluator.number(value, {}, "arithmetic"))
      return Operand(*n);
    return std::nullopt;
  };
  if (const auto *ref = expr.as<Ref>()) {
    const Const *constant = scope.evaluator.constant(ref->name.text);
    if (constant && !scope.values.count(ref->name.text) && !scope.bound.count(ref->name.text)) {
      Const here = *constant;
      here.loc = expr.loc;
      return number(here);
    }
    return asOperand(reference(scope, *ref, expr.loc));
  }
  if (const auto *f = expr.as<Flow>())
    return asOperand(flow(scope, *f));
  if (const auto *chain = expr.as<Chain>())
    return arithmetic(scope, *chain);
  if (const auto *negate = expr.as<Negate>()) {
    DLC_TRY(auto inner, operand(scope, *negate->operand));
    if (auto *n = std::get_if<double>(&inner))
      return Operand(-*n);
    Traced value = std::get<Traced>(inner);
    if (!tracer.areNumbers(value, negate->operand->loc, "arithmetic", embedded(negate->operand->loc)))
      return std::nullopt;
    Value negated = tracer.makeBuilder(expr.loc, value.trail).neg(value.value);
    tracer.changeShape();
    Traced result = tracer.traced(negated, expr.loc, value.trail);
    result.featuresLast = value.featuresLast;
    return Operand(result);
  }
  if (expr.as<Call>())
    return asOperand(call(scope, expr));
  if (expr.as<Number>())
    if (auto value = scope.evaluator.eval(expr))
      return number(*value);
  if (!expr.as<Number>()) {
    auto d = diags.error(expr.loc, "E221");
    d << "expected a value: input, a bound name, or an arrow in parentheses";
    if (std::string advice = adviceInModel(scope.binding); !advice.empty())
      d.help(advice);
  }
  return std::nullopt;
}

/// Layers of several values are the only calls that are values by themselves.
std::optional<Traced> ModelBuilder::call(Scope &scope, const Expr &expr) {
  const Call &call = *expr.as<Call>();
  const Loc loc = expr.loc;
  const OpDef *def = registry.findLayer(call.callee.text, Role::Layer);
  if (def && def->several) {
    llvm::SaveAndRestore inside(scope.insideArrow, true);
    return layerOfSeveral(scope, *def, call.callee, call.args, loc, std::nullopt, /*isStep=*/false);
  }
  if (blocks.isLayerName(call.callee.text) || blocks.find(call.callee.text))
    diags.error(loc, "E220").help("write " + asArrow(scope, expr).value_or("value -> " + textOf(loc).str()))
        << "'" << call.callee.text << "' is a layer: it needs a value from an arrow";
  else
    blocks.unknownLayer(call.callee, adviceInModel(scope.binding));
  return std::nullopt;
}

/// Of each sample: T x K and K x U to T x U.
std::optional<ModelBuilder::Operand> ModelBuilder::matrixProduct(const dsl::Operand &next, const Traced &a,
                                                                 const Traced &b, Loc before) {
  if (!tracer.areNumbers(a, before, "'@'", embedded(before)) ||
      !tracer.areNumbers(b, next.value.loc, "'@'", embedded(next.value.loc)))
    return std::nullopt;
  const Loc here = join(before, next.value.loc);
  const Shape &x = a.value.shape(), &y = b.value.shape();
  if (x.size() != 3 || y.size() != 3 || x[2] != y[1]) {
    auto d = diags.error(here, "E230");
    d << "cannot apply '@' to shapes " << Tracer::shapeOf(a.value) << " and " << Tracer::shapeOf(b.value);
    d.note(before, Tracer::shapeOf(a.value)).note(next.value.loc, Tracer::shapeOf(b.value));
    d.help("'@' needs a first matrix as wide as the second is high");
    tracer.addTrail(d, a.trail);
    tracer.addTrail(d, b.trail);
    return std::nullopt;
  }
  Value value = tracer.makeBuilder(here, a.trail).make("batch_matmul", {a.value, b.value}, MatmulAttrs{});
  if (!value)
    return std::nullopt;
  tracer.changeShape();
  return Operand(tracer.traced(value, here, a.trail));
}

std::optional<ModelBuilder::Operand> ModelBuilder::apply(const dsl::Operand &next, const Operand &left,
                                                         const Operand &right, Loc before) {
  const Loc here = join(before, next.value.loc);
  const auto *a = std::get_if<Traced>(&left), *b = std::get_if<Traced>(&right);
  if (next.op == ArithOp::FloorDiv && (a || b)) {
    diags.error(next.opLoc, "E230") << "'//' divides whole numbers; use '/' for values";
    return std::nullopt;
  }
  if (next.op == ArithOp::MatMul) {
    if (a && b)
      return matrixProduct(next, *a, *b, before);
    diags.error(next.opLoc, "E230") << "'@' multiplies matrices; use '*' for numbers";
    return std::nullopt;
  }
  if (!a && !b) {
    double x = std::get<double>(left), y = std::get<double>(right);
    if ((next.op == ArithOp::Div || next.op == ArithOp::FloorDiv) && y == 0) {
      diags.error(next.value.loc, "E202") << "division by zero";
      return std::nullopt;
    }
    return Operand(next.op == ArithOp::Add        ? x + y
                   : next.op == ArithOp::Sub      ? x - y
                   : next.op == ArithOp::Mul      ? x * y
                   : next.op == ArithOp::FloorDiv ? std::floor(x / y)
                                                  : x / y);
  }
  if ((a && !tracer.areNumbers(*a, before, "arithmetic", embedded(before))) ||
      (b && !tracer.areNumbers(*b, next.value.loc, "arithmetic", embedded(next.value.loc))))
    return std::nullopt;
  if (a && b && a->value.shape() != b->value.shape()) {
    auto d = diags.error(here, "E230");
    d << "cannot apply '" << spelling(next.op) << "' to shapes " << Tracer::shapeOf(a->value) << " and "
      << Tracer::shapeOf(b->value);
    d.note(before, Tracer::shapeOf(a->value)).note(next.value.loc, Tracer::shapeOf(b->value));
    tracer.addTrail(d, a->trail);
    tracer.addTrail(d, b->trail);
    return std::nullopt;
  }
  const TrailNode *trail = a ? a->trail : b->trail;
  LayerBuilder builder = tracer.makeBuilder(here, trail);
  Value like = a ? a->value : b->value;
  Value x = a ? a->value : builder.scalar(std::get<double>(left), like);
  Value y = b ? b->value : builder.scalar(std::get<double>(right), like);
  Value value = next.op == ArithOp::Add   ? builder.add(x, y)
                : next.op == ArithOp::Sub ? builder.sub(x, y)
                : next.op == ArithOp::Mul ? builder.mul(x, y)
                                          : builder.div(x, y);
  if (!value)
    return std::nullopt;
  tracer.changeShape();
  Traced result = tracer.traced(value, here, trail);
  result.featuresLast = (a && a->featuresLast) || (b && b->featuresLast);
  return Operand(result);
}

std::optional<ModelBuilder::Operand> ModelBuilder::arithmetic(Scope &scope, const Chain &chain) {
  std::optional<Operand> result;
  Loc before; // what `result` was made of
  bool ok = true;
  for (const dsl::Operand &next : chain.operands) {
    auto right = operand(scope, next.value);
    ok &= right.has_value();
    if (!ok)
      continue; // the other operands may have mistakes of their own
    if (!before.isValid()) {
      result = right;
      before = next.value.loc;
      continue;
    }
    result = apply(next, *result, *right, before);
    ok = result.has_value();
    before = join(before, next.value.loc);
  }
  return ok ? result : std::nullopt;
}

std::optional<Traced> ModelBuilder::flow(Scope &scope, const Flow &flow) {
  llvm::SaveAndRestore inside(scope.insideArrow, true);
  auto value = evaluate(scope, *flow.source);
  for (const Stage &next : flow.stages) // behind a mistake, too: there may be others
    value = stage(scope, next, value);
  return value;
}

} // namespace dlc::dsl
