// Bodies in arrow form: names, arithmetic and arrows to values.
// What a layer makes of a value is in layers.cpp; the older spellings are in classic.cpp.
#include "model_builder.h"

#include "dlc/dsl/names/vocabulary.h"
#include "dlc/ir/naming.h"
#include "dlc/support/strings.h"
#include "names/built_in.h"
#include "names/sections.h"
#include "unused.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxErrors = 100;
constexpr unsigned kMaxWrongInputs = 100; // each shows how its value got its shape

bool isAny(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) {
  return llvm::any_of(names, [&](llvm::StringRef n) { return n.equals_insensitive(name); });
}

bool isInclude(const Statement &s) { return s.key.text.equals_insensitive("include"); }

/// `3,32,32` as the shape 3x32x32; empty where the values are not all sizes, or no shape has so many.
std::string shapeWith(const Statement &s) {
  std::string text;
  for (const Arg &arg : s.values) {
    const Number *size = arg.value.as<Number>();
    if (!size || !size->whole || size->unit != Unit::None || !arg.name.text.empty() || s.values.size() > 8)
      return "";
    text += (text.empty() ? "" : "x") + textOf(arg.value.loc).str();
  }
  return text;
}

} // namespace

std::string canonicalName(llvm::StringRef written) {
  llvm::StringRef head = written.split('.').first;
  for (llvm::StringRef reserved : {"input", "output"})
    if (head.equals_insensitive(reserved))
      return (reserved + written.drop_front(head.size())).str();
  return written.str();
}

ModelBuilder::ModelBuilder(const File &file, const Settings &settings, const Vocabulary &vocabulary,
                           const BuildOptions &options, Graph &graph, Diags &diags)
    : file(file), settings(settings), vocabulary(vocabulary), registry(vocabulary.ops), options(options), graph(graph),
      diags(diags), evaluator(file, settings.constants, diags), errorsBefore(diags.errorCount()) {}

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

bool ModelBuilder::checkWrittenInputs(const OpDef &def, const Bound &bound, const Traced &input) {
  const Shape &shape = input.value.shape();
  // Channels of an image, features of anything else.
  const int64_t found = shape.size() >= 4 ? shape[1] : shape.back();
  if (!bound.inputs || *bound.inputs == found)
    return true;
  const Loc at = bound.locs.lookup("in");
  if (!wrongInputs.insert(at.Start.getPointer()).second)
    return true; // in a layer that is repeated, once
  auto d = diags.error(at, "E232");
  d << def.layer << " says " << *bound.inputs << " inputs, but the value here has " << found;
  std::string help = "write " + std::to_string(found);
  if (def.dense)
    help += ", or leave it out: Linear(" + std::to_string(bound.args.integer("out")) + ")";
  d.help(help);
  addTrail(d, input.trail);
  return wrongInputs.size() < kMaxWrongInputs;
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
    else
      checkFree(section.name);
    llvm::StringSet<> params;
    for (const Param &param : section.params)
      if (!params.insert(param.name.text).second)
        diags.error(param.name.loc, "E212") << "parameter '" << param.name.text << "' is given twice";
      else
        checkFree(param.name);
  }
  auto isLost = [](const Section &s) { return !findSection(s.kind.text); };
  // What has no name is no block, however it is spelt.
  const bool blockLost = llvm::any_of(
      file.sections, [&](const Section &s) { return isLost(s) && (s.kind.text.empty() || !s.name.text.empty()); });
  blocksMissing = file.incomplete || blockLost || (model && llvm::any_of(model->body, isInclude));
  // A header that could not be read, or is none that is known, may have been the model's.
  if (!model && file.unread.empty() && llvm::none_of(file.sections, isLost))
    diags.error(file.start, "E213").help("write [model] above the lines input = ... and output = ...")
        << "there is no [model]";
  return model;
}

bool ModelBuilder::checkFree(Name name) {
  std::string taken = builtInAs(name.text, vocabulary);
  if (!taken.empty())
    diags.error(name.loc, "E212") << "'" << name.text << "' is the name of " << taken;
  return taken.empty();
}

void ModelBuilder::checkParameters(const Section &block) {
  for (const Param &param : block.params) {
    const Name &name = param.name;
    if (!builtInAs(name.text, vocabulary).empty())
      continue; // said already
    if (const Const *constant = evaluator.constant(name.text))
      diags.error(name.loc, "E212").note(constant->loc, "it is given here")
          << "'" << name.text << "' is the name of a constant";
    else if (const Section *other = findBlock(name.text))
      diags.error(name.loc, "E212").note(other->name.loc, "the block is here")
          << "'" << name.text << "' is the name of a block";
  }
}

std::vector<ModelOutput> ModelBuilder::build() {
  const Section *model = findModel();
  if (!model)
    return {};
  for (const Statement &s : file.constants)
    checkFree(s.key);
  for (const auto &entry : blocks)
    checkParameters(*entry.second);

  const Statement *list = nullptr, *sizes = nullptr, *architecture = nullptr;
  for (const Statement &s : model->body) {
    if (!architecture && isAny(s.key.text, {"architecture"}))
      architecture = &s;
    if (!list && isAny(s.key.text, {"input_dim", "layer"}))
      list = &s;
    if (!sizes && isAny(s.key.text, {"input_size", "hidden_size", "output_size"}))
      sizes = &s;
  }
  Scope scope{.evaluator = Evaluator(evaluator)};
  std::vector<ModelOutput> outputs;
  if (list && sizes)
    diags.error(sizes->key.loc, "E210").note(list->key.loc, "the layer list is here")
        << "'" << sizes->key.text << "' describes the model by sizes, but there is a layer list";
  else if (architecture)
    outputs = architectureForm(scope, *model);
  else
    outputs = list ? layerList(scope, *model) : sizes ? sizesForm(scope, *model) : arrowBody(scope, *model);
  std::vector<const Section *> unused;
  for (const auto &block : blocks)
    if (!usedBlocks.contains(block.first()))
      unused.push_back(block.second);
  countsLayers = false;
  for (const Section *section : unused)
    checkUnused(*section);
  if (!outputs.empty() && warns()) {
    warnUnusedConstants(file, diags);
    for (const Section *section : unused)
      if (!section->included)
        diags.warning(section->name.loc, "W501") << "block '" << section->name.text << "' is never used";
  }
  if (diags.errorCount() != errorsBefore)
    return {};
  return outputs;
}

void ModelBuilder::checkUnused(const Section &section) {
  Scope body{.evaluator = Evaluator(evaluator), .block = &section};
  for (const Param &param : section.params) {
    auto value = param.fallback ? body.evaluator.eval(*param.fallback) : std::nullopt;
    if (value)
      body.evaluator.define(param.name.text, std::move(*value));
    else
      body.evaluator.defineBroken(param.name.text);
  }
  arrowBody(body, section);
}

bool ModelBuilder::checkBinding(Scope &scope, const Statement &s, llvm::StringRef name) {
  auto [head, rest] = name.split('.');
  const bool reserved = head == "input" || head == "output";
  if (!rest.empty()) {
    if (!reserved || rest.contains('.') || scope.block) {
      scope.broken.insert(name);
      auto d = diags.error(s.key.loc, "E217");
      if (reserved && scope.block)
        d << "a block has one " << head;
      else
        d << "a value has a name without dots";
      return false;
    }
    // One input or output has no name of its own beside several that have one.
    if (auto it = scope.bound.find(head); it != scope.bound.end()) {
      diags.error(s.key.loc, "E212").note(it->second, "the other one is here")
          << "'" << head << "' and '" << name << "' exclude each other: give every " << head << " a name";
      return false;
    }
  } else if (name == "input" || name == "output") {
    for (const auto &other : scope.bound)
      if (other.first().starts_with((name + ".").str())) {
        diags.error(s.key.loc, "E212").note(other.second, "the other one is here")
            << "'" << name << "' and '" << other.first() << "' exclude each other: give every " << name << " a name";
        return false;
      }
  }
  auto [first, isNew] = scope.bound.try_emplace(name, s.key.loc);
  if (!isNew) {
    diags.error(s.key.loc, "E212").note(first->second, "the first one is here") << "'" << name << "' is already bound";
    return false;
  }
  if (const Section *other = reserved ? nullptr : findBlock(name)) {
    diags.error(s.key.loc, "E212").note(other->name.loc, "the block is here")
        << "'" << name << "' is the name of a block";
    return false;
  }
  if (const Const *other = reserved ? nullptr : scope.evaluator.constant(name)) {
    const bool isParam = scope.block && llvm::any_of(scope.block->params, [&](auto &p) { return p.name.text == name; });
    diags.error(s.key.loc, "E212").note(other->loc, "it is given here")
        << "'" << name << "' is the name of " << (isParam ? "a parameter" : "a constant");
    return false;
  }
  if (!reserved && !checkFree(s.key))
    return false;
  if (s.values.size() != 1) {
    auto d = diags.error(s.valueLoc(), "E207");
    d << "a name is bound to one value, found " << s.values.size();
    if (std::string shape = shapeWith(s); !shape.empty())
      d.help("write " + shape);
    return false;
  }
  return true;
}

bool ModelBuilder::isBound(const Scope &scope, llvm::StringRef name) {
  auto isPart = [&](const auto &entry) { return entry.first().split('.').first == name; };
  return llvm::any_of(scope.bound, isPart) || llvm::any_of(scope.broken, isPart);
}

void ModelBuilder::checkAllThere(Scope &scope, const Section &section) {
  const std::vector<Statement> &body = section.body;
  if (!scope.block && llvm::any_of(section.unread, [](const Name &name) { return isOlderKey("model", name.text); }))
    return; // the line that could not be read would have said it
  if (!scope.block && !isBound(scope, "input"))
    diags.error(body.empty() ? section.loc : body.front().key.loc, "E213").help("write input = 784, or input = 3x32x32")
        << "the model has no 'input = SHAPE'";
  if (!isBound(scope, "output"))
    diags.error(scope.block || body.empty() ? section.loc : body.back().loc, "E213").help("write output = input -> ...")
        << (scope.block ? "the block" : "[model]") << " has no 'output = ...'";
}

void ModelBuilder::warnUnused(Scope &scope, const Section &section) {
  for (const Statement &s : section.body) {
    const std::string name = canonicalName(s.key.text);
    const bool onlyInput = name == "input"; // without it there is no net; several may be too many
    if (!onlyInput && llvm::StringRef(name).split('.').first != "output" && scope.values.count(name) &&
        !scope.used.contains(name))
      diags.warning(s.key.loc, "W501") << "'" << name << "' is never used";
  }
}

bool ModelBuilder::isNew(const Op *op, Op *last) const {
  for (auto at = last ? std::next(last->getIterator()) : graph.ops().begin(); at != graph.ops().end(); ++at)
    if (&*at == op)
      return true;
  return false;
}

std::vector<ModelOutput> ModelBuilder::arrowBody(Scope &scope, const Section &section) {
  const std::vector<Statement> &body = section.body;
  for (const Name &name : section.unread)
    scope.broken.insert(canonicalName(name.text));
  std::vector<ModelOutput> outputs;
  bool ok = true;
  for (const Statement &s : body) {
    if (diags.errorCount() - errorsBefore > kMaxErrors)
      return {};
    const std::string name = canonicalName(s.key.text);
    if (isOlderKey("model", name) && !s.value().as<Flow>()) {
      diags.error(s.key.loc, "E210") << "'" << name << "' belongs to another way of describing the model";
      continue;
    }
    if (isInclude(s)) {
      diags.error(s.key.loc, "E216") << "include stands above the first section";
      continue;
    }
    if (!checkBinding(scope, s, name))
      continue;
    llvm::StringRef head = llvm::StringRef(name).split('.').first;
    if (head == "input") {
      if (scope.block)
        diags.error(s.key.loc, "E212") << "in a block, 'input' is what the arrow brings";
      else if (auto value = scope.evaluator.eval(s.value()))
        if (auto input = declareInput(name, *value, s.loc))
          scope.values[name] = *input;
      continue;
    }
    scope.binding = name;
    Op *last = opBefore(graph, nullptr);
    auto value = evaluate(scope, s.value());
    scope.binding.clear();
    if (value)
      scope.values[name] = *value;
    else
      scope.evaluator.defineBroken(s.key.text);
    if (head == "output") {
      ok &= value.has_value();
      if (value)
        outputs.push_back({name, *value, s.value().loc});
    } else if (value && isNew(value->value.op, last)) { // not another name of a value that has one
      value->value.op->setLabel(scope.prefix + name);
    }
    nameParts(graph, last, nullptr, scope.prefix + name);
  }
  checkAllThere(scope, section);
  if (ok && warns())
    warnUnused(scope, section);
  if (!ok)
    outputs.clear();
  return outputs;
}

} // namespace dlc::dsl
