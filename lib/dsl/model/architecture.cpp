// The INI form's `architecture`: the sizes of all layers from the input to the output, or the layers themselves in
// `Sequential(...)`. Both end in the same steps as arrows do.
#include "model_builder.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

/// `architecture = Sequential(Linear(2, 8), ReLU(), Linear(8, 1))`: arguments stand in the order of the layer list, so
/// the first layer says what the input is.
std::optional<Traced> ModelBuilder::sequential(Scope &scope, llvm::ArrayRef<Arg> layers, Loc loc) {
  std::optional<Traced> value;
  bool declared = false;
  for (const Arg &arg : layers) {
    const Call *call = arg.value.as<Call>();
    const Ref *ref = arg.value.as<Ref>();
    if ((!call && !ref) || !arg.name.text.empty()) {
      diags.error(arg.loc(), "E205").help("write Sequential(Linear(2, 8), ReLU(), Linear(8, 1))")
          << "Sequential takes layers";
      return std::nullopt;
    }
    const Name name = call ? call->callee : ref->name;
    if (!declared) {
      if (!call || call->args.empty() || !call->args.front().name.text.empty() ||
          !name.text.equals_insensitive("Linear")) {
        diags.error(arg.value.loc, "E213").help("write Linear(2, 8): its first argument is the size of the input")
            << "the first layer of Sequential says the size of the input, and must be a Linear for that";
        return std::nullopt;
      }
      auto size = scope.evaluator.eval(call->args.front().value);
      value = size ? declareInput("input", *size, call->args.front().value.loc) : std::nullopt;
      declared = true;
    }
    value = step(scope, name, call ? llvm::ArrayRef(call->args) : llvm::ArrayRef<Arg>(), arg.value.loc, value,
                 /*classic=*/true);
  }
  if (!declared)
    diags.error(loc, "E213") << "Sequential has no layers";
  return value;
}

std::vector<ModelOutput> ModelBuilder::architectureForm(Scope &scope, const Section &model) {
  const Statement *architecture = nullptr, *hidden = nullptr, *last = nullptr;
  bool ok = fillSlots(model,
                      {{"architecture", &architecture},
                       {"hidden_activation", &hidden},
                       {"activation", &hidden},
                       {"output_activation", &last}},
                      "architecture");
  for (const Statement *s : {hidden, last})
    if (s && (s->values.size() != 1 || !s->value().as<Ref>())) {
      diags.error(s->valueLoc(), "E205").help("write " + s->key.text + " = relu")
          << "'" << s->key.text << "' takes the name of a layer";
      ok = false;
    }
  if (!ok || !architecture)
    return {};
  const std::vector<Arg> &values = architecture->values;
  std::optional<Traced> value;
  if (const Call *call = values.size() == 1 ? values.front().value.as<Call>() : nullptr) {
    if (!call->callee.text.equals_insensitive("Sequential")) {
      diags.error(call->callee.loc, "E205").help("write architecture = 2, 16, 1 or Sequential(Linear(2, 16), ...)")
          << "architecture takes sizes or Sequential(...)";
      return {};
    }
    if (const Statement *extra = hidden ? hidden : last) {
      diags.error(extra->key.loc, "E262").note(architecture->key.loc, "the layers are here")
          << "'" << extra->key.text << "' has no place beside the layers of Sequential";
      return {};
    }
    value = sequential(scope, call->args, values.front().value.loc);
  } else {
    if (values.size() < 2 || llvm::any_of(values, [](const Arg &arg) { return !arg.name.text.empty(); })) {
      diags.error(architecture->valueLoc(), "E205").help("write architecture = 2, 16, 1")
          << "architecture takes the sizes of the input, the hidden layers and the output";
      return {};
    }
    auto size = scope.evaluator.eval(values.front().value);
    value = size ? declareInput("input", *size, values.front().value.loc) : std::nullopt;
    for (size_t i = 1; i < values.size() && value; ++i) {
      value = linearOfSize(scope, "architecture", values[i].value, *value);
      const bool isLast = i + 1 == values.size();
      const Statement *activation = isLast ? last : hidden;
      if (value && (activation || !isLast)) {
        Name name = activation ? activation->value().as<Ref>()->name : Name{"ReLU", values[i].value.loc};
        if (!name.text.equals_insensitive("none"))
          value = step(scope, name, {}, name.loc, *value, false);
      }
    }
  }
  if (!value)
    return {};
  return {{"output", *value, values.back().value.loc}};
}

} // namespace dlc::dsl
