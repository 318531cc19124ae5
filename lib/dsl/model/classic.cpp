// The two older spellings of a model: the layer list (one `layer=` a line) and the INI form (sizes of one kind of
// hidden layer). They end in the same steps as arrows do; nothing here builds an op itself.
#include "model_builder.h"
#include "settings/classic_keys.h"

#include "dlc/dsl/names/vocabulary.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

/// `1x28x28`, `784`, or the comma list `1,28,28` as one value.
std::optional<Const> shapeOfValues(const Evaluator &evaluator, const Statement &s) {
  if (s.values.size() == 1)
    return evaluator.eval(s.value());
  Const list;
  list.kind = Const::Kind::List;
  list.loc = s.valueLoc();
  for (const Arg &arg : s.values) {
    auto item = evaluator.eval(arg);
    if (!item)
      return std::nullopt;
    list.items.push_back(std::move(*item));
  }
  return list;
}

/// Reports a key that is a misspelt one of `known`, the keys of a form, and says which one was meant. Empty where it is
/// none of them, or one of another form.
llvm::StringRef misspelt(Diags &diags, Name key, llvm::ArrayRef<llvm::StringRef> known) {
  llvm::StringRef near = isOlderKey("model", key.text) ? "" : closest(key.text, known);
  if (!near.empty())
    diags.error(key.loc, "E260").help("did you mean " + near + "?") << "unknown key '" << key.text << "' in [model]";
  return near;
}

} // namespace

std::vector<ModelOutput> ModelBuilder::layerList(Scope &scope, const Section &model) {
  inList = true;
  const Statement *dim = nullptr, *firstStep = nullptr;
  std::optional<Traced> value;
  Loc last;
  bool ok = model.unread.empty(); // a line that could not be read may have been a layer: shapes are not known behind it
  bool dimMeant = !ok;            // or input_dim
  for (const Statement &s : model.body) {
    llvm::StringRef key = s.key.text;
    if (key.equals_insensitive("input_dim")) {
      if (dim) {
        reportTwice(diags, s.key, dim->key.loc);
        ok = false;
        continue;
      }
      dim = &s;
      auto shape = shapeOfValues(scope.evaluator, s);
      value = shape ? declareInput("input", *shape, s.loc) : std::nullopt;
      ok &= value.has_value();
      continue;
    }
    const bool isLayer = key.equals_insensitive("layer");
    if (!isLayer && !key.equals_insensitive("activation")) {
      ok = false;
      if (llvm::StringRef meant = misspelt(diags, s.key, {"input_dim", "layer", "activation"}); !meant.empty()) {
        if (meant == "input_dim")
          dimMeant = true;
        else if (!firstStep)
          firstStep = &s;
        continue;
      }
      auto d = diags.error(s.key.loc, "E210");
      d << "'" << key << "' cannot stand beside a layer list";
      if (firstStep || dim)
        d.note((firstStep ? firstStep : dim)->key.loc, "the layer list is here");
      continue;
    }
    if (!firstStep)
      firstStep = &s;
    // Linear,784,64 in the order of the list, or Linear(64) as in an arrow.
    const Ref *name = s.value().as<Ref>();
    const Call *call = s.values.size() == 1 ? s.value().as<Call>() : nullptr;
    if ((!name && !call) || !s.values.front().name.text.empty() || (!isLayer && s.values.size() > 1)) {
      auto d = diags.error(s.valueLoc(), "E205");
      d << "'" << key << "' takes " << (isLayer ? "the name of a layer and its arguments" : "the name of a layer");
      d.help(isLayer ? "write layer=Linear,784,64" : "write activation=ReLU");
      ok = false;
      continue;
    }
    if (!dim && !dimMeant) {
      diags.error(s.key.loc, "E213").help("write input_dim=784 above it") << "a layer list begins with input_dim";
      return {};
    }
    // Behind a mistake the shape is not known any more; the layer may have mistakes of its own.
    value = step(scope, call ? call->callee : name->name,
                 call ? llvm::ArrayRef(call->args) : llvm::ArrayRef(s.values).drop_front(), s.valueLoc(),
                 ok ? value : std::nullopt, /*classic=*/!call);
    ok &= value.has_value();
    last = s.valueLoc();
  }
  if (!dim && !dimMeant)
    diags.error(model.loc, "E213").help("write input_dim=784") << "a layer list needs input_dim";
  else if (dim && !firstStep && model.unread.empty())
    diags.error(dim->loc, "E213").help("write layer=Linear,784,10") << "the model has no layers";
  if (!ok || !dim || !firstStep)
    return {};
  return {{"output", *value, last}};
}

/// The step is that of the arrow form, with its argument as it stands in the file.
std::optional<Traced> ModelBuilder::linearOfSize(Scope &scope, llvm::StringRef what, const Expr &size, Traced input) {
  const OpDef *def = registry.findLayer("Linear", Role::Layer);
  DLC_CHECK(def) << "the registry has no Linear";
  auto constant = scope.evaluator.eval(size);
  auto out = constant ? scope.evaluator.number(*constant, {1, kMaxSize, false, false, true}, what) : std::nullopt;
  if (!out)
    return std::nullopt;
  std::string reason;
  Bound bound;
  bound.args = std::move(*argsFromText(def->args, "", reason));
  bound.args.values["out"].number = *out;
  bound.args.values["out"].given = true;
  bound.locs["out"] = size.loc;
  return layer(scope, *def, {def->layer, size.loc}, bound, size.loc, input);
}

bool ModelBuilder::fillSlots(const Section &model, llvm::ArrayRef<Slot> slots, llvm::StringRef form) {
  bool ok = true;
  for (const Statement &s : model.body) {
    const auto *slot =
        llvm::find_if(slots, [&](const Slot &known) { return known.key.equals_insensitive(s.key.text); });
    if (slot == slots.end()) {
      llvm::SmallVector<llvm::StringRef> known;
      for (const Slot &each : slots)
        known.push_back(each.key);
      llvm::StringRef meant = misspelt(diags, s.key, known);
      for (const Slot &each : slots)
        if (each.key == meant && !*each.place)
          *each.place = &s; // so that it is not missed
      if (meant.empty())
        diags.error(s.key.loc, "E210") << "'" << s.key.text << "' cannot stand beside " << form;
      ok = false;
    } else if (*slot->place) {
      reportTwice(diags, s.key, (*slot->place)->key.loc);
      ok = false;
    } else {
      *slot->place = &s;
    }
  }
  return ok;
}

std::vector<ModelOutput> ModelBuilder::sizesForm(Scope &scope, const Section &model) {
  const Statement *inputSize = nullptr, *hiddenSize = nullptr, *outputSize = nullptr, *activation = nullptr,
                  *hiddenLayers = nullptr, *dropout = nullptr;
  const Slot slots[] = {{"input_size", &inputSize},  {"hidden_size", &hiddenSize},  {"output_size", &outputSize},
                        {"activation", &activation}, {"num_layers", &hiddenLayers}, {"dropout_rate", &dropout}};
  bool ok = fillSlots(model, slots, "input_size, hidden_size and output_size");
  for (const Slot &slot : slots)
    if (const Statement *s = *slot.place; s && s->values.size() != 1) {
      diags.error(s->valueLoc(), "E207") << "'" << s->key.text << "' takes one value, found " << s->values.size();
      ok = false;
    }
  for (auto [statement, name] :
       {std::pair(inputSize, "input_size"), std::pair(hiddenSize, "hidden_size"), std::pair(outputSize, "output_size")})
    if (!statement && llvm::none_of(model.unread, [&](const Name &n) { return n.text.equals_insensitive(name); })) {
      diags.error(model.loc, "E213") << "the model has no " << name;
      ok = false;
    }
  auto constant = [&](const Statement *s, const NumberRange &range, double otherwise) {
    if (!s || s->values.size() != 1)
      return otherwise;
    auto value = scope.evaluator.eval(s->value());
    auto n = value ? scope.evaluator.number(*value, range, s->key.text) : std::nullopt;
    ok &= n.has_value();
    return n.value_or(otherwise);
  };
  const double layerCount = constant(hiddenLayers, {1, 1000, false, false, true}, 1);
  const double rate = constant(dropout, {0, 1, false, true}, 0);
  const Ref *act = activation && activation->values.size() == 1 ? activation->value().as<Ref>() : nullptr;
  if (activation && activation->values.size() == 1 && !act) {
    diags.error(activation->valueLoc(), "E205").help("write activation = relu")
        << "'activation' takes the name of a layer";
    ok = false;
  }
  if (!ok || !inputSize || !hiddenSize || !outputSize)
    return {};

  auto shape = scope.evaluator.eval(inputSize->value());
  auto value = shape ? declareInput("input", *shape, inputSize->loc) : std::nullopt;
  auto linear = [&](const Statement *size) {
    if (value)
      value = linearOfSize(scope, size->key.text, size->value(), *value);
  };
  for (int i = 0; i < static_cast<int>(layerCount); ++i) {
    linear(hiddenSize);
    if (value) {
      // What no statement names stands at the key that implies it, apart from the layer of the key's value.
      Name name = act ? act->name : Name{"ReLU", hiddenSize->key.loc};
      value = step(scope, name, {}, activation ? activation->loc : hiddenSize->key.loc, *value, false);
    }
    if (value && rate > 0) {
      Arg p;
      p.value.loc = dropout->valueLoc();
      p.value.node = Number{rate, Unit::None, false};
      value = step(scope, {"Dropout", dropout->valueLoc()}, p, dropout->loc, *value, false);
    }
  }
  linear(outputSize);
  if (!value)
    return {};
  return {{"output", *value, outputSize->key.loc}};
}

} // namespace dlc::dsl
