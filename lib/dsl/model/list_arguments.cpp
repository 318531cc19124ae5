// The order of arguments in a layer list: `layer=Linear,784,64` is Linear(in=784, out=64).
// Which names an op has for its places its definition says (OpDef::classicArgs).
#include "older_forms.h"

#include "dlc/dsl/names/foreign_names.h"
#include "dlc/signature/bind.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {

const OpDef *layerMeant(llvm::StringRef name, const Evaluator &evaluator, const Registry &registry) {
  if (const Const *word = evaluator.constant(name); word && word->kind == Const::Kind::Word)
    name = word->text;
  return registry.findLayer(name, Role::Layer);
}

/// What an argument's name means, "" if nothing.
static std::string keyOf(const OpDef &def, llvm::StringRef written, const llvm::StringMap<Loc> &given) {
  for (const ArgSpec &spec : def.args)
    if (spec.name.equals_insensitive(written))
      return spec.name.str();
  const bool isName = written.equals_insensitive("name"), isHalf = given.count(written);
  return isName ? "name" : written == "in" || isHalf ? written.str() : "";
}

bool nameByPlace(const OpDef &def, Name layer, std::vector<Arg> &args, const Evaluator &evaluator) {
  const Texts &order = def.classicArgs;
  bool ok = true;
  auto refuse = [&](Loc loc, const llvm::Twine &message, llvm::StringRef unknown = "") {
    ok = false;
    std::string usage = "usage: layer=" + def.layer.str();
    for (llvm::StringRef name : order) {
      auto spec = llvm::find_if(def.args, [&](const ArgSpec &s) { return s.name == name; });
      usage += "," + name.str();
      usage += spec == def.args.end() || spec->defaultText.empty() ? "" : "=" + spec->defaultText.str();
    }
    auto d = evaluator.diagnostics().error(loc, "E251");
    d << message;
    d.help(usage);
    auto known = llvm::to_vector(llvm::map_range(def.args, [](const ArgSpec &s) { return llvm::StringRef(s.name); }));
    if (std::string advice = unknown.empty() ? "" : adviceOnName(NameKind::Argument, unknown, known); !advice.empty())
      d.help(advice);
    return d;
  };
  const std::string most = std::to_string(order.size()), names = " (" + llvm::join(order, ", ") + ")";
  const auto positional = llvm::count_if(args, [](const Arg &arg) { return arg.name.text.empty(); });
  const auto *height = llvm::find_if(order, [](llvm::StringRef name) { return name.ends_with("_h"); });
  if (const auto least = height - order.begin() + 2; height != order.end() && positional < least) {
    if (positional != 2)
      refuse(layer.loc, def.layer + " takes 2 positional arguments, or " + llvm::Twine(least) + " to " + most + names +
                            ", found " + llvm::Twine(positional));
    return ok;
  }
  std::vector<Arg> named;
  llvm::StringMap<Loc> given;
  bool inOrder = true;
  size_t position = 0;
  for (Arg &arg : args) {
    const Loc at = arg.value.loc;
    if (!arg.name.text.empty()) {
      inOrder = false;
      const std::string name = keyOf(def, arg.name.text, given);
      if (auto [first, isNew] = given.try_emplace(name, at); name.empty())
        refuse(arg.name.loc, def.layer + " has no argument '" + arg.name.text + "'", arg.name.text);
      else if (!isNew)
        refuse(arg.loc(), "argument '" + name + "' is given twice").note(first->second, "the first one is here");
      named.push_back(std::move(arg));
    } else if (!inOrder) {
      refuse(at, "positional arguments come before named ones");
    } else if (position >= order.size()) {
      if (position++ == order.size())
        refuse(at, def.layer + " takes " + most + " positional arguments" + names);
    } else {
      const llvm::StringRef name = order[position++];
      given[name] = at;
      llvm::StringRef pair = name;
      if (!pair.consume_back("_h") && !pair.consume_back("_w")) {
        named.push_back({{name, {at.Start, at.Start}}, std::move(arg.value)});
        continue;
      }
      auto size = evaluator.eval(arg.value);
      ok &=
          size && evaluator.number(*size, {1, kMaxSize, false, false, true}, ("'" + name + "' of " + def.layer).str());
      if (name.ends_with("_h"))
        named.push_back({{pair, {at.Start, at.Start}}, {at, List{}}});
      Expr &both = named.back().value;
      given[pair] = both.loc = join(both.loc, at);
      std::get<List>(both.node).items.push_back(std::move(arg));
    }
  }
  for (const ArgSpec &spec : def.args)
    if (ok && spec.defaultText.empty() && !given.count(spec.name))
      refuse(layer.loc, def.layer + " needs the argument '" + spec.name + "'");
  args = std::move(named);
  return ok;
}

} // namespace dlc::dsl
