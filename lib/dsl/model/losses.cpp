// Implements LossBinder: names, defaults, arguments, and what a loss asks of its output.
// Weights of classes and probability functions are the business of build.cpp.
#include "losses.h"

#include "dlc/dsl/names/foreign_names.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {

llvm::StringRef partOf(const ModelOutput &output) { return llvm::StringRef(output.name).split('.').second; }
Shape sampleShape(Value value) { return Shape(llvm::ArrayRef<int64_t>(value.shape()).drop_front()); }
int64_t elements(const ModelOutput &output) { return elementCount(sampleShape(output.value.value)); }

static const OpDef *findByRole(const Registry &registry, Name name, Role role, llvm::StringRef what, Diags &diags) {
  if (const OpDef *def = registry.findLayer(name.text, role))
    return def;
  llvm::SmallVector<llvm::StringRef> names;
  for (const OpDef *def : registry.all())
    if (def->role == role)
      names.push_back(def->layer);
  auto d = diags.error(name.loc, "E250");
  d << "unknown " << what << " '" << name.text << "'";
  std::string advice = adviceOnName(NameKind::Word, name.text, names);
  d.help(advice.empty() ? "there are " + llvm::join(names, ", ") : advice);
  return nullptr;
}

/// E251 for what other frameworks write, Adam(0.001) or Adam(lr=0.001): a number that says nothing would be taken for
/// another argument.
static bool givesRate(const Call &call, const OpDef &def, Diags &diags) {
  for (const Arg &arg : call.args) {
    const bool positional = arg.name.text.empty();
    if (!positional && !arg.name.text.equals_insensitive("lr") && !arg.name.text.equals_insensitive("learning_rate"))
      continue;
    auto d = diags.error(arg.loc(), "E251");
    d << def.layer
      << (positional ? " takes no positional arguments" : " does not take the learning rate; it is a separate key");
    if (!positional || arg.value.as<Number>())
      d.help("write lr = " + textOf(arg.value.loc) + " on a line of its own");
    return true;
  }
  return false;
}

std::optional<BoundChoice> bindChoice(const Registry &registry, const Evaluator &evaluator, const Choice &choice,
                                      Role role, llvm::StringRef what) {
  const Call *call = choice.written ? choice.written->as<Call>() : nullptr;
  const Ref *ref = choice.written ? choice.written->as<Ref>() : nullptr;
  Name name = call ? call->callee : ref ? ref->name : Name{choice.value.text, {}};
  if (const Const *word = evaluator.constant(name.text); word && word->kind == Const::Kind::Word)
    name.text = word->text;
  const OpDef *def = findByRole(registry, name, role, what, evaluator.diagnostics());
  if (!def || (role == Role::Optimizer && call && givesRate(*call, *def, evaluator.diagnostics())))
    return std::nullopt;
  auto bound = bindArguments(evaluator, def->args, call ? llvm::ArrayRef(call->args) : llvm::ArrayRef<Arg>(),
                             def->layer, name.loc, false);
  if (!bound)
    return std::nullopt;
  return BoundChoice{def, std::move(*bound), name.loc};
}

bool LossBinder::checkNames() {
  bool ok = true;
  for (const OutputLoss &loss : settings.train.outputLosses) {
    llvm::SmallVector<llvm::StringRef> names;
    for (const ModelOutput &output : outputs)
      names.push_back(partOf(output));
    if (outputs.empty() || llvm::is_contained(names, loss.output))
      continue;
    const std::string key = (loss.loss.given() ? "loss" : "loss_weight");
    auto d = diags.error(keyLoc(key + "." + loss.output, loss.loss.given() ? loss.loss.loc : loss.weight.loc), "E260");
    d << "there is no output." << loss.output << " that this could apply to";
    llvm::StringRef near = closest(loss.output, names);
    if (names.size() == 1 && names.front().empty())
      d.help("the model has one output: write " + key + " = ...");
    else if (!near.empty())
      d.help("did you mean " + near + "?");
    ok = false;
  }
  return ok;
}

std::optional<BoundLoss> LossBinder::bind(const ModelOutput &output) {
  const OutputLoss *own = settings.lossOf(partOf(output));
  const auto &setting = own && own->loss.given() ? own->loss : settings.train.loss;
  const double weight = own && own->weight.given() ? own->weight : settings.train.lossWeight;
  const int64_t count = elements(output);
  if (!setting.given()) {
    const bool binary = count == 1;
    const OpDef *def = registry.findLayer(binary ? "BCE" : "CrossEntropy", Role::Loss);
    DLC_CHECK(def) << "the registry lacks a default loss";
    if (model.warns()) {
      const bool several = outputs.size() > 1;
      diags.warning(trainHeader(output), "W506")
              .help("write " + llvm::StringRef(several ? ("loss." + partOf(output)).str() : "loss") + " = " +
                    def->layer)
          << "no loss is given" << (several ? " for " + output.name : "") << ": " << def->layer << " is used for "
          << (binary ? "one output" : "several outputs");
    }
    auto bound = bindArguments(model.constants(), def->args, {}, def->layer, {}, false);
    if (!bound || !fits(*def, output, output.loc))
      return std::nullopt;
    return BoundLoss{def, std::move(*bound), output.loc, weight};
  }
  auto chosen = bindChoice(registry, model.constants(), *setting, Role::Loss, "loss");
  if (!chosen || !fits(*chosen->def, output, chosen->name))
    return std::nullopt;
  return BoundLoss{chosen->def, std::move(chosen->bound), setting->written->loc, weight};
}

void LossBinder::checkWritten() {
  auto check = [&](const Choice &choice) {
    if (choice.written)
      bindChoice(registry, model.constants(), choice, Role::Loss, "loss");
  };
  check(settings.train.loss.value);
  for (const OutputLoss &loss : settings.train.outputLosses)
    check(loss.loss.value);
}

Loc LossBinder::keyLoc(llvm::StringRef key, Loc otherwise) const {
  for (const Section &section : file.sections)
    for (const Statement &s : section.body)
      if (s.key.text.equals_insensitive(key))
        return s.key.loc;
  return otherwise;
}

Loc LossBinder::trainHeader(const ModelOutput &output) const {
  for (const Section &section : file.sections)
    if (section.kind.text.equals_insensitive("train") || section.kind.text.equals_insensitive("training"))
      return section.loc;
  return output.loc;
}

bool LossBinder::fits(const OpDef &def, const ModelOutput &output, Loc loc) {
  const int64_t count = elements(output);
  Value value = output.value.value;
  // What is said of all outputs would be wrong for another one.
  const bool several = outputs.size() > 1;
  const std::string key = several ? ("loss." + partOf(output)).str() : "loss";
  auto refuse = [&](const llvm::Twine &message, const llvm::Twine &help) {
    auto d = diags.error(loc, "E270");
    d << message;
    d.help(help).note(output.loc, "the output is here: " + Tracer::shapeOf(value));
    return false;
  };
  if (output.value.vocab)
    return refuse("an output must be numbers, but this value is tokens",
                  "put -> Embedding(32) -> Flatten -> Linear(10) after it");
  if (def.target == LossTarget::Class) {
    if (value.shape().size() > 3)
      return refuse(def.layer + " needs one number per class, but the output is " + Tracer::shapeOf(value),
                    "put -> Flatten -> Linear(10) at the end");
    if (value.shape().back() == 1)
      return refuse(def.layer + " needs one output per class, but " +
                        llvm::Twine(several ? output.name + " is one" : "there is one output"),
                    "write " + key + " = BCE, or -> Linear(2) for two classes");
  }
  if (settings.data.target.value == "input") {
    int64_t in = 0;
    for (const NetInput &input : model.inputs())
      in += input.elements();
    if (def.target == LossTarget::Class)
      return refuse("with target = input the loss compares numbers, which " + def.layer + " does not",
                    "write " + key + " = MSE");
    if (in != count || outputs.size() > 1)
      return refuse("with target = input there must be as many outputs as inputs, " + llvm::Twine(in),
                    "change the last layer");
  }
  return true;
}

} // namespace dlc::dsl
