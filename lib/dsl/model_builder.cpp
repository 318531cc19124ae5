// Bodies in arrow form: names, arithmetic and arrows to values.
// What a layer makes of a value is in layers.cpp; the older spellings are in classic.cpp.
#include "model_builder.h"

#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxErrors = 100;

bool isAny(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) {
  return llvm::any_of(names, [&](llvm::StringRef n) { return n.equals_insensitive(name); });
}

} // namespace

ModelBuilder::ModelBuilder(const File &file, const Settings &settings, const Registry &registry,
                           const BuildOptions &options, Graph &graph, Diags &diags)
    : file(file), settings(settings), registry(registry), options(options), graph(graph), diags(diags),
      evaluator(file, settings.constants, diags), errorsBefore(diags.errorCount()) {}

Origin ModelBuilder::originOf(Loc loc) const { return {loc, diags.sources().where(loc)}; }

std::string ModelBuilder::shapeOf(Value value) {
  llvm::ArrayRef<int64_t> shape(value.shape());
  if (shape.size() < 2)
    return "a number";
  std::string text;
  for (int64_t size : shape.drop_front()) {
    text += text.empty() ? "" : "x";
    text += std::to_string(size);
  }
  return text;
}

void ModelBuilder::addTrail(InFlight &diagnostic, const TrailNode *trail) const {
  llvm::SmallVector<const TrailNode *, 16> nodes;
  for (; trail; trail = trail->before)
    nodes.push_back(trail);
  std::vector<TrailLine> lines;
  Loc pending; // steps on this line that left the shape alone
  const std::string *shape = nullptr;
  for (const TrailNode *node : llvm::reverse(nodes)) {
    bool sameLine =
        pending.isValid() && diags.sources().position(pending).line == diags.sources().position(node->loc).line;
    if (shape && *shape == node->shape) {
      if (!sameLine)
        pending = node->loc;
      continue;
    }
    lines.push_back({sameLine ? join(pending, node->loc) : node->loc, node->shape});
    pending = {};
    shape = &node->shape;
  }
  diagnostic.trail(std::move(lines));
}

Traced ModelBuilder::traced(Value value, Loc loc, const TrailNode *before) {
  trails.push_back({loc, shapeOf(value), before});
  return {value, &trails.back()};
}

const Section *ModelBuilder::findModel() {
  const Section *model = nullptr;
  for (const Section &section : file.sections) {
    if (!model && section.kind.text.equals_insensitive("model"))
      model = &section;
    if (!section.kind.text.equals_insensitive("block") || section.name.text.empty())
      continue;
    auto [first, isNew] = blocks.try_emplace(section.name.text, &section);
    if (!isNew)
      diags.error(section.name.loc, "E212").note(first->second->name.loc, "the first one is here")
          << "block '" << section.name.text << "' is already defined";
    else if (isLayerName(section.name.text))
      diags.error(section.name.loc, "E212") << "'" << section.name.text << "' is the name of a layer";
    llvm::StringSet<> params;
    for (const Param &param : section.params)
      if (!params.insert(param.name.text).second)
        diags.error(param.name.loc, "E212") << "parameter '" << param.name.text << "' is given twice";
  }
  // A header that could not be read may have been the model's.
  if (!model && llvm::none_of(file.sections, [](const Section &s) { return s.kind.text.empty(); }))
    diags.error(file.start, "E213") << "there is no [model]";
  return model;
}

void ModelBuilder::checkNames() {
  for (const Statement &s : file.constants)
    if (isLayerName(s.key.text) || isAny(s.key.text, {"input", "output"}))
      diags.error(s.key.loc, "E212") << "'" << s.key.text << "' is a built-in name";
}

std::optional<Traced> ModelBuilder::build() {
  const Section *model = findModel();
  if (!model)
    return std::nullopt;
  checkNames();

  const Statement *list = nullptr, *sizes = nullptr;
  for (const Statement &s : model->body) {
    if (!list && isAny(s.key.text, {"input_dim", "layer"}))
      list = &s;
    if (!sizes && isAny(s.key.text, {"input_size", "hidden_size", "output_size"}))
      sizes = &s;
  }
  Scope scope{Evaluator(evaluator), "", {}, {}, {}, {}, nullptr, nullptr};
  std::optional<Traced> output;
  if (list && sizes)
    diags.error(sizes->key.loc, "E210").note(list->key.loc, "the layer list is here")
        << "'" << sizes->key.text << "' describes the model by sizes, but there is a layer list";
  else
    output = list ? layerList(scope, *model) : sizes ? sizesForm(scope, *model) : arrowBody(scope, *model);
  if (output && warns())
    for (const auto &block : blocks)
      if (!usedBlocks.contains(block.first()))
        diags.warning(block.second->name.loc, "W501") << "block '" << block.first() << "' is never used";
  if (diags.errorCount() != errorsBefore)
    return std::nullopt;
  return output;
}

std::optional<Traced> ModelBuilder::declareInput(const Const &value, Loc statement) {
  if (value.kind == Const::Kind::Call || value.kind == Const::Kind::Word) {
    if (llvm::StringRef(value.text).equals_insensitive("Tokens"))
      diags.error(value.loc, "E501") << "inputs of tokens are not supported by this version";
    else
      diags.error(value.loc, "E205").help("write input = 784, or input = 3x32x32")
          << "input takes the shape of one sample, found " << describe(value);
    return std::nullopt;
  }
  auto shape = evaluator.shape(value, 1, "input");
  if (!shape)
    return std::nullopt;
  double elements = 1;
  for (int64_t size : *shape)
    elements *= static_cast<double>(size);
  if (shape->size() > 8 || elements > kMaxSize) {
    diags.error(value.loc, "E205") << "one sample has " << shortNumber(elements) << " values in " << shape->size()
                                   << " dimensions; at most 8 dimensions and "
                                   << grouped(static_cast<int64_t>(kMaxSize)) << " values are possible";
    return std::nullopt;
  }
  if (settings.train.batchSize > static_cast<int64_t>(kMaxSize)) {
    diags.error(settings.train.batchSize.loc, "E205")
        << "batch_size can be at most " << grouped(static_cast<int64_t>(kMaxSize));
    return std::nullopt;
  }
  inputShape_ = *shape;
  if (shape->size() == 1)
    widths.push_back(shape->front());
  else
    onlyWidths = false;
  Shape full{options.batch};
  full.append(shape->begin(), shape->end());
  LayerBuilder b = makeBuilder(statement, nullptr);
  Value input = b.make("input", {}, InputAttrs{"input", settings.train.dtype, full});
  input.op->setLabel("input");
  inputLoc = statement;
  if (tooLarge(value.loc, input))
    return std::nullopt;
  return traced(input, statement, nullptr);
}

bool ModelBuilder::checkBinding(Scope &scope, const Statement &s) {
  llvm::StringRef name = s.key.text;
  if (auto [head, rest] = name.split('.'); !rest.empty()) {
    if (isAny(head, {"input", "output"}))
      diags.error(s.key.loc, "E501") << "several " << head.lower() << "s are not supported by this version";
    else
      diags.error(s.key.loc, "E205") << "a value has a name without dots";
    return false;
  }
  auto [first, isNew] = scope.bound.try_emplace(name, s.key.loc);
  if (!isNew) {
    diags.error(s.key.loc, "E212").note(first->second, "the first one is here") << "'" << name << "' is already bound";
    return false;
  }
  if (isLayerName(name) || blocks.count(name) || scope.evaluator.constant(name)) {
    diags.error(s.key.loc, "E212") << "'" << name << "' is the name of "
                                   << (isLayerName(name)    ? "a layer"
                                       : blocks.count(name) ? "a block"
                                                            : "a constant");
    return false;
  }
  if (s.values.size() != 1) {
    diags.error(s.valueLoc(), "E205") << "a name is bound to one value, found " << s.values.size();
    return false;
  }
  return true;
}

std::optional<Traced> ModelBuilder::arrowBody(Scope &scope, const Section &section) {
  const std::vector<Statement> &body = section.body;
  for (const Name &name : section.unread)
    scope.bound.try_emplace(name.text, name.loc);
  std::optional<Traced> output;
  const Statement *outputStatement = nullptr;
  for (const Statement &s : body) {
    if (diags.errorCount() - errorsBefore > kMaxErrors)
      return std::nullopt;
    llvm::StringRef name = s.key.text;
    if (isAny(name, {"activation", "num_layers", "dropout_rate", "layer", "input_dim", "input_size", "hidden_size",
                     "output_size"}) &&
        !s.value().as<Flow>()) {
      diags.error(s.key.loc, "E210") << "'" << name << "' belongs to another way of describing the model";
      continue;
    }
    if (isAny(name, {"architecture", "hidden_activation", "output_activation"})) {
      diags.error(s.key.loc, "E501").help("write output = input -> Linear(16) -> ReLU -> Linear(1)")
          << "'" << name << "' is not supported by this version";
      continue;
    }
    if (!checkBinding(scope, s))
      continue;
    if (name == "input") {
      if (scope.block) {
        diags.error(s.key.loc, "E212") << "in a block, 'input' is what the arrow brings";
        continue;
      }
      if (auto value = scope.evaluator.eval(s.value()))
        if (auto input = declareInput(*value, s.loc))
          scope.values[name] = *input;
      continue;
    }
    auto value = evaluate(scope, s.value());
    if (name == "output") {
      outputStatement = &s;
      output = value;
    } else if (value) {
      if (value->value.op->label().empty())
        value->value.op->setLabel(name);
      scope.values[name] = *value;
    }
  }
  llvm::StringRef what = scope.block ? "the block" : "[model]";
  if (!scope.block && !scope.bound.count("input"))
    diags.error(body.empty() ? Loc() : body.front().key.loc, "E213").help("write input = 784, or input = 3x32x32")
        << "the model has no 'input = SHAPE'";
  if (!outputStatement && !scope.bound.count("output")) {
    Loc at = scope.block ? scope.block->loc : body.empty() ? Loc() : body.back().loc;
    diags.error(at, "E213").help("write output = input -> ...") << what << " has no 'output = ...'";
  }
  if (!outputStatement)
    return std::nullopt;
  if (!scope.block)
    outputLoc_ = outputStatement->value().loc;
  if (warns())
    for (const Statement &s : body)
      if (s.key.text != "output" && s.key.text != "input" && scope.values.count(s.key.text) &&
          !scope.used.contains(s.key.text))
        diags.warning(s.key.loc, "W501") << "'" << s.key.text << "' is never used";
  return output;
}

std::optional<Traced> ModelBuilder::reference(Scope &scope, const Ref &ref, Loc loc) {
  llvm::StringRef name = ref.name.text;
  auto it = scope.values.find(name);
  if (it != scope.values.end()) {
    scope.used.insert(name);
    return it->second;
  }
  if (scope.bound.count(name))
    return std::nullopt; // its own line was in error
  if (isLayerName(name) || findBlock(name)) {
    diags.error(loc, "E220").help("write value -> " + name)
        << "'" << name << "' is a layer: it needs a value from an arrow";
    return std::nullopt;
  }
  llvm::SmallVector<llvm::StringRef> names(scope.values.keys());
  llvm::sort(names);
  auto d = diags.error(loc, "E221");
  d << "there is no value '" << name << "' here";
  llvm::StringRef near = closest(name, llvm::ArrayRef(names).take_front(1000));
  if (!near.empty())
    d.help("did you mean " + near + "?");
  return std::nullopt;
}

std::optional<Traced> ModelBuilder::evaluate(Scope &scope, const Expr &expr) {
  auto result = operand(scope, expr);
  if (!result)
    return std::nullopt;
  if (auto *value = std::get_if<Traced>(&*result))
    return *value;
  diags.error(expr.loc, "E221") << "a value is needed here, found the number "
                                << shortNumber(std::get<double>(*result));
  return std::nullopt;
}

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
    if (constant && !scope.values.count(ref->name.text)) {
      Const here = *constant;
      here.loc = expr.loc;
      return number(here);
    }
    return asOperand(reference(scope, *ref, expr.loc));
  }
  if (const auto *f = expr.as<Flow>())
    return asOperand(flow(scope, *f));
  if (const auto *chain = expr.as<Chain>())
    return arithmetic(scope, *chain, expr.loc);
  if (const auto *negate = expr.as<Negate>()) {
    auto inner = operand(scope, *negate->operand);
    if (!inner)
      return std::nullopt;
    if (auto *n = std::get_if<double>(&*inner))
      return Operand(-*n);
    Traced value = std::get<Traced>(*inner);
    Value negated = makeBuilder(expr.loc, value.trail).neg(value.value);
    onlyWidths = false;
    return Operand(traced(negated, expr.loc, value.trail));
  }
  if (const auto *call = expr.as<Call>()) {
    if (isLayerName(call->callee.text) || findBlock(call->callee.text))
      diags.error(expr.loc, "E220").help("write value -> " + textOf(expr.loc))
          << "'" << call->callee.text << "' is a layer: it needs a value from an arrow";
    else
      unknownLayer(call->callee);
    return std::nullopt;
  }
  if (expr.as<Number>())
    if (auto value = scope.evaluator.eval(expr))
      return number(*value);
  if (!expr.as<Number>())
    diags.error(expr.loc, "E221") << "a value is needed here: input, a bound name, or an arrow in parentheses";
  return std::nullopt;
}

std::optional<ModelBuilder::Operand> ModelBuilder::arithmetic(Scope &scope, const Chain &chain, Loc loc) {
  std::optional<Operand> result;
  Loc before; // what `result` was made of
  bool ok = true;
  for (const dsl::Operand &next : chain.operands) {
    auto right = operand(scope, next.value);
    ok &= right.has_value();
    if (!ok)
      continue;
    if (!result) {
      result = right;
      before = next.value.loc;
      continue;
    }
    Loc here = join(before, next.value.loc);
    auto *a = std::get_if<Traced>(&*result), *b = std::get_if<Traced>(&*right);
    if (next.op == ArithOp::FloorDiv || next.op == ArithOp::MatMul) {
      if (a || b)
        diags.error(next.opLoc, "E501") << "'" << spelling(next.op) << "' of values is not supported by this version";
      else
        diags.error(next.opLoc, "E221") << "a value is needed on one side of '" << spelling(next.op) << "'";
      return std::nullopt;
    }
    if (!a && !b) {
      double x = std::get<double>(*result), y = std::get<double>(*right);
      if (next.op == ArithOp::Div && y == 0) {
        diags.error(next.value.loc, "E205") << "division by zero";
        return std::nullopt;
      }
      result = Operand(next.op == ArithOp::Add   ? x + y
                       : next.op == ArithOp::Sub ? x - y
                       : next.op == ArithOp::Mul ? x * y
                                                 : x / y);
      before = here;
      continue;
    }
    if (a && b && a->value.shape() != b->value.shape()) {
      auto d = diags.error(here, "E230");
      d << "cannot apply '" << spelling(next.op) << "' to shapes " << shapeOf(a->value) << " and " << shapeOf(b->value);
      d.note(before, shapeOf(a->value)).note(next.value.loc, shapeOf(b->value));
      addTrail(d, a->trail);
      addTrail(d, b->trail);
      return std::nullopt;
    }
    const TrailNode *trail = a ? a->trail : b->trail;
    LayerBuilder builder = makeBuilder(here, trail);
    Value like = a ? a->value : b->value;
    Value x = a ? a->value : builder.scalar(std::get<double>(*result), like);
    Value y = b ? b->value : builder.scalar(std::get<double>(*right), like);
    Value value = next.op == ArithOp::Add   ? builder.add(x, y)
                  : next.op == ArithOp::Sub ? builder.sub(x, y)
                  : next.op == ArithOp::Mul ? builder.mul(x, y)
                                            : builder.div(x, y);
    if (!value)
      return std::nullopt;
    onlyWidths = false;
    result = Operand(traced(value, here, trail));
    before = here;
  }
  (void)loc;
  if (!ok)
    return std::nullopt;
  return result;
}

std::optional<Traced> ModelBuilder::flow(Scope &scope, const Flow &flow) {
  auto value = evaluate(scope, *flow.source);
  for (const Stage &next : flow.stages) {
    if (!value)
      return std::nullopt;
    value = stage(scope, next, *value);
  }
  return value;
}

} // namespace dlc::dsl
