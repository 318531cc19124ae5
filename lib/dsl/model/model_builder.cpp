// Bodies: names, arithmetic and arrows to values.
// What a layer makes of a value is in layers.cpp; older spellings become arrows in older_forms.cpp.
#include "model_builder.h"

#include "dlc/ir/naming.h"
#include "dlc/support/strings.h"
#include "unused.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxErrors = 100;
constexpr unsigned kMaxWrongInputs = 100; // each shows how its value got its shape

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
    : file(file), settings(settings), registry(vocabulary.ops), options(options), graph(graph), diags(diags),
      evaluator(file, settings.constants, diags), blocks(file, vocabulary, evaluator, diags),
      tracer(settings, registry, options, graph, diags), errorsBefore(diags.errorCount()) {}

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
  d << def.layer << " declares " << *bound.inputs << " inputs, but its input has " << found;
  std::string help = "write " + std::to_string(found);
  if (def.dense)
    help += ", or leave it out: Linear(" + std::to_string(bound.args.integer("out")) + ")";
  d.help(help);
  tracer.addTrail(d, input.trail);
  return wrongInputs.size() < kMaxWrongInputs;
}

std::vector<ModelOutput> ModelBuilder::build() {
  const Section *model = blocks.findModel();
  if (!model)
    return {};
  blocks.checkNames();

  Scope scope{.evaluator = Evaluator(evaluator)};
  arrows = arrowForm(*model, evaluator, registry);
  tracer.inList = arrows && arrows->isList;
  std::vector<ModelOutput> outputs = arrowBody(scope, arrows ? arrows->section : *model);
  const std::vector<const Section *> unused = blocks.unused();
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
        d << "the name of a value cannot contain dots";
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
  if (const Section *other = reserved ? nullptr : blocks.find(name)) {
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
  if (!reserved && !blocks.checkFree(s.key))
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
      diags.error(s.key.loc, "E210") << "'" << name << "' belongs to another form of the model";
      continue;
    }
    if (isInclude(s)) {
      diags.error(s.key.loc, "E216") << "include must come above the first section";
      continue;
    }
    if (!checkBinding(scope, s, name))
      continue;
    llvm::StringRef head = llvm::StringRef(name).split('.').first;
    if (head == "input") {
      if (scope.block)
        diags.error(s.key.loc, "E212") << "a block cannot bind 'input': it is the value that the arrow brings";
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
