// Implements arrowForm: one function for each older form. What an argument's place in a layer list means is in
// list_arguments.cpp. Values of sizes are checked here, since they are named by keys that only these forms have.
#include "older_forms.h"

#include "dlc/dsl/names/vocabulary.h"
#include "dlc/signature/bind.h"
#include "dlc/support/strings.h"
#include "settings/classic_keys.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {

namespace {

constexpr NumberRange kSize{1, kMaxSize, false, false, true};

class FormReader {
public:
  FormReader(const Section &model, const Evaluator &evaluator, const Registry &registry)
      : model(model), evaluator(evaluator), registry(registry), diags(evaluator.diagnostics()) {}

  std::optional<ArrowForm> read() {
    const Statement *list = first({"input_dim", "layer"}), *architecture = first({"architecture"}),
                    *sizes = first({"input_size", "hidden_size", "output_size"});
    if (!list && !sizes && !architecture)
      return std::nullopt;
    if (list && sizes)
      diags.error(sizes->key.loc, "E210").note(list->key.loc, "the layer list is here")
          << "'" << sizes->key.text << "' describes the model by sizes, but there is a layer list";
    else if (architecture)
      architectureForm();
    else if (list)
      layerList();
    else
      sizesForm();
    return finish(list != nullptr);
  }

private:
  const Statement *first(std::initializer_list<llvm::StringRef> keys) const {
    auto is = [&](llvm::StringRef key, const Statement &s) { return key.equals_insensitive(s.key.text); };
    for (const Statement &s : model.body)
      if (llvm::any_of(keys, [&](llvm::StringRef key) { return is(key, s); }))
        return &s;
    return nullptr;
  }

  void setInput(Name key, Expr shape, Loc line) {
    Statement &s = input.emplace(Statement{{"input", key.loc}, {}, line});
    s.values.push_back({{}, std::move(shape)});
  }
  void step(Loc at, decltype(Expr::node) node) { steps.push_back({at, nullptr, {at, std::move(node)}}); }
  void step(Loc at, Name layer, const Expr &argument) {
    Call call{layer, {}};
    call.args.push_back({{}, argument});
    step(at, std::move(call));
  }
  void brokenStep(Loc at) { step(at, std::monostate()); }
  void linear(const Expr &size) { step(size.loc, {"Linear", size.loc}, size); }
  std::optional<double> number(const Expr &expr, const NumberRange &range, llvm::StringRef what) const {
    auto value = evaluator.eval(expr);
    return value ? evaluator.number(*value, range, what) : std::nullopt;
  }

  ArrowForm finish(bool isList) {
    ArrowForm form{{model.loc, model.kind}, isList};
    if (input)
      form.section.body.push_back(std::move(*input));
    else
      form.section.unread.push_back({"input", model.loc});
    if (steps.empty()) {
      form.section.unread.push_back({"output", model.loc});
      return form;
    }
    const Loc last = outputLoc.isValid() ? outputLoc : steps.back().loc(), from = steps.front().loc();
    Statement &s = form.section.body.emplace_back(Statement{{"output", from}, {}, last});
    auto source = std::make_shared<const Expr>(Expr{from, Ref{{"input", from}}});
    s.values.push_back({{}, {last, Flow{std::move(source), std::move(steps)}}});
    return form;
  }

  /// Reports a key that is a misspelt one of `known`, the keys of a form, and says which one was meant. Empty where it
  /// is none of them, or one of another form.
  llvm::StringRef misspelt(Name key, llvm::ArrayRef<llvm::StringRef> known) const {
    llvm::StringRef near = isOlderKey("model", key.text) ? "" : closest(key.text, known);
    if (!near.empty())
      diags.error(key.loc, "E260").help("did you mean " + near + "?") << "unknown key '" << key.text << "' in [model]";
    return near;
  }

  //===-- The layer list --===//

  /// `Linear,784,64`: a step whose arguments stand in the order of the layer list. Those of a block are the same.
  void listed(Name name, llvm::ArrayRef<Arg> written, Loc at) {
    Call call{name, written.vec()};
    const OpDef *def = layerMeant(name.text, evaluator, registry);
    if (def && !def->classicArgs.empty() && !nameByPlace(*def, name, call.args, evaluator))
      return brokenStep(at);
    step(at, std::move(call));
  }

  void layerList() {
    const Statement *dim = nullptr, *firstStep = nullptr;
    bool dimMeant = !model.unread.empty(); // a line that could not be read may have been input_dim, or a layer
    if (dimMeant)
      brokenStep(model.loc);
    for (const Statement &s : model.body) {
      llvm::StringRef key = s.key.text;
      if (key.equals_insensitive("input_dim")) {
        if (dim) {
          reportTwice(diags, s.key, dim->key.loc);
          brokenStep(s.loc);
          continue;
        }
        dim = &s;
        setInput(s.key, s.values.size() == 1 ? s.value() : Expr{s.valueLoc(), List{s.values}}, s.loc);
        continue;
      }
      const bool isLayer = key.equals_insensitive("layer");
      if (!isLayer && !key.equals_insensitive("activation")) {
        brokenStep(s.loc);
        if (llvm::StringRef meant = misspelt(s.key, {"input_dim", "layer", "activation"}); !meant.empty()) {
          dimMeant |= meant == "input_dim";
          if (meant != "input_dim" && !firstStep)
            firstStep = &s;
          continue;
        }
        auto d = diags.error(s.key.loc, "E210");
        d << "'" << key << "' is not allowed with a layer list";
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
        diags.error(s.valueLoc(), "E205").help(isLayer ? "write layer=Linear,784,64" : "write activation=ReLU")
            << "'" << key << "' takes " << (isLayer ? "the name of a layer and its arguments" : "the name of a layer");
        brokenStep(s.loc);
      } else if (!dim && !dimMeant) {
        diags.error(s.key.loc, "E213").help("write input_dim=784 above it") << "a layer list must begin with input_dim";
        steps.clear();
        return;
      } else if (call) {
        step(s.valueLoc(), Call{call->callee, call->args});
      } else {
        listed(name->name, llvm::ArrayRef(s.values).drop_front(), s.valueLoc());
      }
    }
    if (!dim && !dimMeant)
      diags.error(model.loc, "E213").help("write input_dim=784") << "a layer list needs input_dim";
    else if (dim && !firstStep && model.unread.empty())
      diags.error(dim->loc, "E213").help("write layer=Linear,784,10") << "the model has no layers";
  }

  //===-- The INI form --===//

  struct Slot {
    llvm::StringLiteral key;
    const Statement **place;
  };
  /// Each line into the place of its key. E210 (a key that `form` has not), E261; false then.
  bool fillSlots(llvm::ArrayRef<Slot> slots, llvm::StringRef form) const {
    bool ok = true;
    llvm::SmallVector<llvm::StringRef> known;
    for (const Slot &slot : slots)
      known.push_back(slot.key);
    for (const Statement &s : model.body) {
      auto slot = llvm::find_if(slots, [&](const Slot &each) { return each.key.equals_insensitive(s.key.text); });
      if (slot != slots.end() && !*slot->place) {
        *slot->place = &s;
        continue;
      }
      ok = false;
      if (slot != slots.end()) {
        reportTwice(diags, s.key, (*slot->place)->key.loc);
        continue;
      }
      llvm::StringRef meant = misspelt(s.key, known);
      for (const Slot &each : slots)
        if (each.key == meant && !*each.place)
          *each.place = &s; // so that it is not missed
      if (meant.empty())
        diags.error(s.key.loc, "E210") << "'" << s.key.text << "' is not allowed with " << form;
    }
    return ok;
  }
  /// The layer that a key names; null, with E205, where its value is something else.
  const Ref *layerName(const Statement &s) const {
    const Ref *name = s.values.size() == 1 ? s.value().as<Ref>() : nullptr;
    if (!name)
      diags.error(s.valueLoc(), "E205").help("write " + s.key.text + " = relu")
          << "'" << s.key.text << "' takes the name of a layer";
    return name;
  }

  void sizesForm() {
    const Statement *in = nullptr, *hidden = nullptr, *out = nullptr, *activation = nullptr, *count = nullptr,
                    *dropout = nullptr;
    const Slot slots[] = {{"input_size", &in},         {"hidden_size", &hidden}, {"output_size", &out},
                          {"activation", &activation}, {"num_layers", &count},   {"dropout_rate", &dropout}};
    bool ok = fillSlots(slots, "input_size, hidden_size and output_size");
    auto hasOne = [](const Statement *s) { return s && s->values.size() == 1; };
    for (const Slot &slot : slots) {
      const Statement *s = *slot.place;
      if (s && !hasOne(s)) {
        diags.error(s->valueLoc(), "E207") << "'" << s->key.text << "' takes one value, found " << s->values.size();
        ok = false;
      } else if (!s && slot.key.ends_with("_size") &&
                 llvm::none_of(model.unread, [&](const Name &n) { return n.text.equals_insensitive(slot.key); })) {
        diags.error(model.loc, "E213") << "the model has no " << slot.key;
        ok = false;
      }
    }
    auto constant = [&](const Statement *s, const NumberRange &range, double otherwise) {
      auto n = hasOne(s) ? number(s->value(), range, s->key.text) : otherwise;
      ok &= n.has_value();
      return n.value_or(otherwise);
    };
    const double times = constant(count, {1, 1000, false, false, true}, 1);
    const double rate = constant(dropout, {0, 1, false, true}, 0);
    const Ref *act = hasOne(activation) ? layerName(*activation) : nullptr;
    constant(hidden, kSize, 1);
    constant(out, kSize, 1);
    if (!ok || (activation && !act) || !in || !hidden || !out)
      return;
    setInput(in->key, in->value(), in->loc);
    for (int i = 0; i < static_cast<int>(times); ++i) {
      linear(hidden->value());
      // What no statement names stands at the key that implies it, apart from the layer of the key's value.
      step(activation ? activation->loc : hidden->key.loc, act ? *act : Ref{{"ReLU", hidden->key.loc}});
      if (rate > 0)
        step(dropout->loc, {"Dropout", dropout->valueLoc()}, dropout->value());
    }
    linear(out->value());
    outputLoc = out->key.loc;
  }

  /// `architecture = Sequential(Linear(2, 8), ReLU(), Linear(8, 1))`: arguments stand in the order of the layer list,
  /// so the first layer says what the input is.
  void sequential(Name key, const Call &layers, Loc at) {
    for (const Arg &arg : layers.args) {
      const Call *call = arg.value.as<Call>();
      const Ref *ref = arg.value.as<Ref>();
      if ((!call && !ref) || !arg.name.text.empty()) {
        diags.error(arg.loc(), "E205").help("write Sequential(Linear(2, 8), ReLU(), Linear(8, 1))")
            << "Sequential takes layers";
        return brokenStep(arg.loc());
      }
      const Name name = call ? call->callee : ref->name;
      if (!input) {
        if (!call || call->args.empty() || !call->args.front().name.text.empty() ||
            !name.text.equals_insensitive("Linear")) {
          diags.error(arg.value.loc, "E213").help("write Linear(2, 8): its first argument is the input size")
              << "the first layer of Sequential must be a Linear, which gives the input size";
          return;
        }
        const Expr &size = call->args.front().value;
        setInput(key, size, size.loc);
      }
      listed(name, call ? llvm::ArrayRef(call->args) : llvm::ArrayRef<Arg>(), arg.value.loc);
    }
    outputLoc = at;
    if (layers.args.empty())
      diags.error(at, "E213") << "Sequential has no layers";
  }

  void architectureForm() {
    const Statement *architecture = nullptr, *hidden = nullptr, *last = nullptr;
    bool ok = fillSlots({{"architecture", &architecture},
                         {"hidden_activation", &hidden},
                         {"activation", &hidden},
                         {"output_activation", &last}},
                        "architecture");
    const Ref *inner = hidden ? layerName(*hidden) : nullptr, *outer = last ? layerName(*last) : nullptr;
    if (!ok || !architecture || (hidden && !inner) || (last && !outer))
      return;
    const std::vector<Arg> &values = architecture->values;
    if (const Call *call = values.size() == 1 ? values.front().value.as<Call>() : nullptr) {
      if (!call->callee.text.equals_insensitive("Sequential"))
        diags.error(call->callee.loc, "E205").help("write architecture = 2, 16, 1 or Sequential(Linear(2, 16), ...)")
            << "architecture takes sizes or Sequential(...)";
      else if (const Statement *extra = hidden ? hidden : last)
        diags.error(extra->key.loc, "E262").note(architecture->key.loc, "the layers are here")
            << "'" << extra->key.text << "' is not allowed with Sequential, which lists the layers";
      else
        sequential(architecture->key, *call, values.front().value.loc);
      return;
    }
    if (values.size() < 2 || llvm::any_of(values, [](const Arg &arg) { return !arg.name.text.empty(); })) {
      diags.error(architecture->valueLoc(), "E205").help("write architecture = 2, 16, 1")
          << "architecture takes the sizes of the input, the hidden layers and the output";
      return;
    }
    setInput(architecture->key, values.front().value, values.front().value.loc);
    for (const Arg &size : llvm::ArrayRef(values).drop_front()) {
      if (!number(size.value, kSize, "architecture"))
        return brokenStep(size.value.loc);
      linear(size.value);
      const bool isLast = &size == &values.back();
      const Ref *activation = isLast ? outer : inner;
      const Name name = activation ? activation->name : Name{isLast ? "none" : "ReLU", size.value.loc};
      if (!name.text.equals_insensitive("none"))
        step(name.loc, Ref{name});
    }
    outputLoc = values.back().value.loc;
  }

  const Section &model;
  const Evaluator &evaluator;
  const Registry &registry;
  Diags &diags;
  std::optional<Statement> input;
  std::vector<Stage> steps;
  Loc outputLoc; ///< where it is not that of the last step
};

} // namespace

std::optional<ArrowForm> arrowForm(const Section &model, const Evaluator &evaluator, const Registry &registry) {
  return FormReader(model, evaluator, registry).read();
}

} // namespace dlc::dsl
