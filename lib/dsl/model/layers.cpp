// Steps of an arrow: finding the layer or block, binding its arguments, letting its op build itself, and saying what
// went wrong. No layer is known here by name.
#include "model_builder.h"

#include "dlc/dsl/names/foreign_names.h"
#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxLayers = 100000; // of one net, all repetitions counted
constexpr unsigned kMaxBlockDepth = 64;

} // namespace

void ModelBuilder::nameLayer(Value value, Op *last, llvm::StringRef name) {
  // A layer that does nothing hands on what it was given, which keeps its name.
  if (value.op->label().empty())
    value.op->setLabel(name);
  nameParts(graph, last, nullptr, name);
}

std::optional<Traced> ModelBuilder::stage(Scope &scope, const Stage &stage, std::optional<Traced> input) {
  int64_t times = 1;
  bool counted = true;
  if (stage.count) {
    auto value = scope.evaluator.eval(*stage.count);
    if (value && value->kind == Const::Kind::Word) {
      if (!scope.evaluator.mayBeMissing(*value))
        diags.error(value->loc, "E201") << "'" << value->text << "' is not a constant";
      value.reset();
    }
    // A computed count may come out as 0: (depth-1) * Basic(16) with depth = 1.
    std::optional<double> n;
    if (value)
      n = scope.evaluator.number(*value, {0, 1e15, false, false, true}, "the count of a step");
    const double count = n.value_or(kMaxLayers + 1.0); // too many where it is no number, which was said
    counted = count <= kMaxLayers;
    if (n && !counted)
      diags.error(value->loc, "E208") << "a net has at most " << kMaxLayers << " layers, found " << spelling(*value)
                                      << " times this one";
    times = counted ? static_cast<int64_t>(count) : 1;
  }
  std::optional<Traced> value = counted ? input : std::nullopt;
  if (!value)
    times = std::min<int64_t>(times, 1); // read once, for mistakes of its own
  for (int64_t i = 0; i < times && (value || i == 0); ++i) {
    Loc shown = join(stage.arrow, stage.step.loc);
    if (const auto *ref = stage.step.as<Ref>())
      value = step(scope, ref->name, {}, shown, value);
    else if (const auto *call = stage.step.as<Call>())
      value = step(scope, call->callee, call->args, shown, value);
    else
      value = std::nullopt;
  }
  return value;
}

std::optional<Traced> ModelBuilder::step(Scope &scope, Name name, llvm::ArrayRef<Arg> args, Loc loc,
                                         std::optional<Traced> input) {
  if (++layers > kMaxLayers) {
    if (layers == kMaxLayers + 1 && countsLayers)
      diags.error(loc, "E208") << "a net has at most " << kMaxLayers << " layers";
    return std::nullopt;
  }
  // A block's parameter may be a layer: act=ReLU or act=LeakyReLU(0.2), used as -> act.
  std::vector<Arg> given;
  if (const Const *known = scope.evaluator.constant(name.text)) {
    if (known->kind == Const::Kind::Call && !args.empty()) {
      diags.error(join(args.front().loc(), args.back().loc()), "E251")
          << "'" << name.text << "' is " << spelling(*known) << " and takes no further arguments";
      return std::nullopt;
    }
    if (known->kind == Const::Kind::Call)
      args = given = argumentsOf(*known);
    if (known->kind != Const::Kind::Call && known->kind != Const::Kind::Word) {
      diags.error(known->loc, "E205").note(name.loc, "a layer is expected here")
          << "'" << name.text << "' is " << describe(*known) << ", not a layer";
      return std::nullopt;
    }
    name = {known->text, blocks.isLayerName(known->text) || blocks.find(known->text) ? name.loc : known->loc};
  } else if (scope.evaluator.isBroken(name.text)) {
    return std::nullopt;
  }
  if (const Section *section = blocks.find(name.text))
    return block(scope, *section, name, args, loc, input);
  const OpDef *def = registry.findLayer(name.text, Role::Layer);
  if (!def) {
    if (scope.values.count(name.text) && (scope.block || !arrows)) // an older form has layers alone
      diags.error(name.loc, "E103").help("an arrow leads to a layer; add values with +")
          << "'" << name.text << "' is a value, not a layer";
    else
      blocks.unknownLayer(name);
    return std::nullopt;
  }
  if (def->several)
    return layerOfSeveral(scope, *def, name, args, loc, input, /*isStep=*/true);
  auto bound = bindArguments(scope.evaluator, def->args, args, def->layer, name.loc, /*takesName=*/true);
  if (!bound || !input)
    return std::nullopt;
  return layer(scope, *def, name, *bound, loc, *input);
}

std::optional<Traced> ModelBuilder::layerOfSeveral(Scope &scope, const OpDef &def, Name name, llvm::ArrayRef<Arg> args,
                                                   Loc loc, std::optional<Traced> input, bool isStep) {
  llvm::SmallVector<Traced, 4> inputs;
  if (input)
    inputs.push_back(*input);
  bool ok = input || !isStep;
  size_t values = 0;
  for (; values < args.size() && args[values].name.text.empty(); ++values) {
    auto value = evaluate(scope, args[values].value);
    ok &= value.has_value();
    if (value)
      inputs.push_back(*value);
  }
  // What stands behind the first name is an argument of the layer; a value there is out of order, which the binder
  // says.
  auto bound = bindArguments(scope.evaluator, def.args, args.drop_front(values), def.layer, name.loc, true);
  if (!ok || !bound)
    return std::nullopt;
  if (inputs.size() < 2) {
    diags.error(name.loc, "E251").help("write " + def.layer + "(a, b)")
        << def.layer << " takes at least two values, found " << inputs.size();
    return std::nullopt;
  }
  tracer.changeShape();
  return layer(scope, def, name, *bound, loc, inputs);
}

std::optional<Traced> ModelBuilder::layer(Scope &scope, const OpDef &def, Name name, const Bound &bound, Loc loc,
                                          llvm::ArrayRef<Traced> inputs) {
  const Traced &input = inputs.front();
  const Shape &shape = input.value.shape();
  if (def.tokens && !input.vocab) {
    auto d = diags.error(name.loc, "E237");
    d << def.layer << " takes tokens, but its input is numbers";
    d.help(input.value.op->attrsIf<InputAttrs>() ? "write input = Tokens(64, vocab=65)"
                                                 : "leave " + def.layer + " out: only an input can be tokens");
    tracer.addTrail(d, input.trail);
    return std::nullopt;
  }
  if (!def.tokens)
    for (const Traced &value : inputs)
      if (!tracer.areNumbers(value, name.loc, def.layer,
                             def.several ? "write (input -> Embedding(32)) for each input of tokens"
                                         : "put -> Embedding(32) before it"))
        return std::nullopt;
  // Errors point at the name or the argument, ops come from the step without its arrow.
  LayerBuilder b = tracer.makeBuilder(join(name.loc, loc), input.trail);
  bool fits = true; // false: the op refuses the value itself, whatever its sizes
  b.onError([this, &name, &bound, inputs, &fits](const OpError &error, const Origin &) {
    fits &= !error.argument.empty();
    tracer.reportOpError(error, name.loc, inputs, &bound);
  });
  b.input = input.value;
  b.vocab = input.vocab;
  if (def.several)
    for (const Traced &value : inputs)
      b.inputs.push_back(value.value);
  b.args = bound.args;
  std::string kind = def.layer.lower();
  b.scope = scope.prefix + (bound.weightName.empty() ? kind + std::to_string(++scope.counts[kind]) : bound.weightName);
  const unsigned before = diags.errorCount();
  Op *lastBefore = &graph.ops().back(); // there is an input
  // A sequence T x D is turned round for layers that work along the places of channels, and back.
  const bool turned = def.takesChannels && input.featuresLast && shape.size() == 3;
  auto turn = [&](Value sequence) { return b.make("transpose", {sequence}, OrderAttrs{{0, 2, 1}}); };
  if (turned)
    b.input = turn(input.value);
  Value value = def.build(b);
  if (turned && value && value.shape().size() == 3)
    value = turn(value);
  if (b.failed()) {
    fits &= !b.pendingError().argument.empty();
    tracer.reportOpError(b.pendingError(), name.loc, inputs, &bound);
  }
  // What the layer makes does not depend on the written size: behind a wrong one, shapes are known as before.
  const bool made = value && diags.errorCount() == before && !tracer.tooLarge(name.loc, value);
  if (fits && !checkWrittenInputs(def, bound, input))
    return std::nullopt;
  for (auto op = std::next(lastBefore->getIterator()); op != graph.ops().end(); ++op)
    if (const auto *param = op->attrsIf<ParamAttrs>()) {
      const Loc here = bound.weightName.empty() ? name.loc : bound.locs.lookup("name");
      auto [first, isNew] = weightNames.try_emplace(param->name, here);
      if (isNew)
        continue;
      auto d = diags.error(here, "E212");
      d << "the weight name '" << param->name << "' is used twice";
      if (first->second.Start == here.Start)
        d.help("leave name= out if the layer is repeated");
      else
        d.note(first->second, "the first one is here")
            .help("names given by name= must differ from those of other layers, such as linear1");
      return std::nullopt;
    }
  if (!made)
    return std::nullopt;
  nameLayer(value, lastBefore, b.scope);
  if (value.shape().size() == 2 && def.dense)
    tracer.addWidth(value.shape()[1]);
  else if (value.shape() != shape)
    tracer.changeShape();
  Traced result = tracer.traced(value, loc, input.trail);
  result.featuresLast = def.places == Places::AsBefore ? input.featuresLast : def.places == Places::FeaturesLast;
  return result;
}

bool ModelBuilder::mayUse(const Scope &scope, const Section &section, Name name) {
  unsigned depth = 0;
  for (const Scope *s = &scope; s; s = s->outer) {
    if (++depth > kMaxBlockDepth) {
      diags.error(name.loc, "E115") << "blocks are nested more than " << kMaxBlockDepth << " deep";
      return false;
    }
    if (s->block == &section) {
      diags.error(name.loc, "E243").note(section.loc, "the block is here")
          << "block '" << section.name.text << "' uses itself";
      return false;
    }
  }
  return true;
}

const Param *ModelBuilder::parameterOf(const Section &section, const Arg &arg, size_t &position) {
  if (arg.name.text.empty()) {
    if (position < section.params.size())
      return &section.params[position++];
    diags.error(arg.value.loc, "E240").note(section.loc, "the block is here")
        << "block '" << section.name.text << "' takes " << section.params.size() << " arguments, found more";
    return nullptr;
  }
  llvm::SmallVector<llvm::StringRef> names;
  for (const Param &p : section.params) {
    if (p.name.text == arg.name.text)
      return &p;
    names.push_back(p.name.text);
  }
  auto d = diags.error(arg.name.loc, "E242");
  d << "block '" << section.name.text << "' has no parameter '" << arg.name.text << "'";
  if (!closest(arg.name.text, names).empty())
    d.help("did you mean " + closest(arg.name.text, names) + "?");
  return nullptr;
}

std::optional<std::string> ModelBuilder::bindParameters(Scope &scope, Scope &body, const Section &section, Name name,
                                                        llvm::ArrayRef<Arg> args) {
  llvm::StringMap<Const> given;
  size_t position = 0;
  bool ok = true;
  const Arg *named = nullptr; // name=
  std::string weights;
  auto isParameter = [&](llvm::StringRef text) {
    return llvm::any_of(section.params, [&](const Param &p) { return p.name.text == text; });
  };
  for (const Arg &arg : args) {
    auto value = scope.evaluator.eval(arg.value);
    ok &= value.has_value();
    if (arg.name.text == "name" && !isParameter("name")) {
      if (named)
        diags.error(arg.loc(), "E251").note(named->value.loc, "the first one is here")
            << "argument 'name' is given twice";
      auto text = value ? weightName(scope.evaluator, *value, ("'name' of " + section.name.text).str()) : std::nullopt;
      ok &= text.has_value() && !named;
      weights = text.value_or("");
      named = &arg;
      continue;
    }
    const Param *param = parameterOf(section, arg, position);
    ok &= param != nullptr;
    if (param && value && !given.try_emplace(param->name.text, std::move(*value)).second) {
      diags.error(arg.loc(), "E251") << "parameter '" << param->name.text << "' is given twice";
      ok = false;
    }
  }
  for (const Param &param : section.params) {
    if (auto it = given.find(param.name.text); it != given.end()) {
      body.evaluator.define(param.name.text, it->second);
      continue;
    }
    if (!param.fallback) {
      if (ok)
        diags.error(name.loc, "E241").note(param.name.loc, "the parameter is here")
            << "block '" << section.name.text << "' needs the argument '" << param.name.text << "'";
      ok = false;
      continue;
    }
    auto value = body.evaluator.eval(*param.fallback);
    ok &= value.has_value();
    if (value)
      body.evaluator.define(param.name.text, std::move(*value));
  }
  if (!ok)
    return std::nullopt;
  std::string kind = section.name.text.lower();
  return named ? weights : kind + std::to_string(++scope.counts[kind]);
}

std::optional<Traced> ModelBuilder::block(Scope &scope, const Section &section, Name name, llvm::ArrayRef<Arg> args,
                                          Loc loc, std::optional<Traced> input) {
  if (!mayUse(scope, section, name))
    return std::nullopt;
  blocks.use(section);
  Scope body{.evaluator = Evaluator(evaluator), .outer = &scope, .block = &section};
  const std::optional<std::string> called = bindParameters(scope, body, section, name, args);
  if (!called)
    return std::nullopt;
  body.prefix = scope.prefix + *called + ".";
  if (input)
    body.values["input"] = *input;
  const size_t reported = diags.count();
  auto output = arrowBody(body, section);
  diags.noteSince(reported, loc, ("block '" + section.name.text + "' is used here").str());
  if (output.empty() || !input)
    return std::nullopt;
  Traced result = tracer.traced(output.front().value.value, loc, input->trail);
  result.vocab = output.front().value.vocab;
  result.featuresLast = output.front().value.featuresLast;
  return result;
}

} // namespace dlc::dsl
