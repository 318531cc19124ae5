// The order of arguments in a layer list: `layer=Linear,784,64` is Linear(in=784, out=64).
// Which names an op has for its places its definition says (OpDef::classicArgs).
#include "older_forms.h"

#include "dlc/signature/bind.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {

const OpDef *layerMeant(llvm::StringRef name, const Evaluator &evaluator, const Registry &registry) {
  if (const Const *word = evaluator.constant(name); word && word->kind == Const::Kind::Word)
    name = word->text;
  return registry.findLayer(name, Role::Layer);
}

namespace {

InFlight refuse(Diags &diags, const OpDef &def, Loc loc, const llvm::Twine &message) {
  std::string usage = "usage: layer=" + def.layer.str();
  for (llvm::StringRef name : def.classicArgs) {
    auto spec = llvm::find_if(def.args, [&](const ArgSpec &s) { return s.name == name; });
    usage += "," + name.str();
    usage += spec == def.args.end() || spec->defaultText.empty() ? "" : "=" + spec->defaultText.str();
  }
  auto d = diags.error(loc, "E251");
  d << message;
  d.help(usage);
  return d;
}

} // namespace

bool nameByPlace(const OpDef &def, Name layer, std::vector<Arg> &args, const Evaluator &evaluator) {
  Diags &diags = evaluator.diagnostics();
  const std::span<const llvm::StringRef> order = def.classicArgs;
  const size_t positional = llvm::count_if(args, [](const Arg &arg) { return arg.name.text.empty(); });
  auto height = llvm::find_if(order, [](llvm::StringRef name) { return name.ends_with("_h"); });
  const size_t least = static_cast<size_t>(height - order.begin()) + 2;
  if (height != order.end() && positional == 2)
    return true;
  if (height != order.end() && positional < least) {
    refuse(diags, def, layer.loc,
           def.layer + " takes 2 arguments by position, or " + llvm::Twine(least) + " to " + llvm::Twine(order.size()) +
               " (" + llvm::join(order, ", ") + "), found " + llvm::Twine(positional));
    return false;
  }
  bool ok = true;
  size_t position = 0;
  std::vector<Arg> named;
  for (Arg &arg : args) {
    const bool isHalf = arg.name.text.ends_with("_h") || arg.name.text.ends_with("_w");
    if (isHalf && llvm::is_contained(order, arg.name.text)) {
      refuse(diags, def, arg.loc(), "argument '" + arg.name.text + "' is given twice");
      ok = false;
    } else if (!arg.name.text.empty() || named.size() > position) {
      named.push_back(std::move(arg));
    } else if (position >= order.size()) {
      if (position++ == order.size())
        refuse(diags, def, arg.loc(),
               def.layer + " takes " + llvm::Twine(order.size()) + " arguments by position (" +
                   llvm::join(order, ", ") + ")");
      ok = false;
    } else {
      llvm::StringRef name = order[position++];
      const bool isWidth = name.ends_with("_w");
      if (isWidth || name.ends_with("_h")) {
        auto size = evaluator.eval(arg.value);
        ok &= size &&
              evaluator.number(*size, {1, kMaxSize, false, false, true}, ("'" + name + "' of " + def.layer).str());
      }
      if (isWidth) {
        Expr &pair = named.back().value;
        pair.loc = join(pair.loc, arg.value.loc);
        std::get<List>(pair.node).items.push_back(std::move(arg));
        named.emplace_back(); // its place
        continue;
      }
      const Loc at = arg.value.loc;
      Expr value = std::move(arg.value);
      if (name.consume_back("_h")) {
        List pair;
        pair.items.push_back({{}, std::move(value)});
        value = {at, std::move(pair)};
      }
      named.push_back({{name, {at.Start, at.Start}}, std::move(value)});
    }
  }
  llvm::erase_if(named, [](const Arg &arg) { return !arg.value.loc.isValid(); });
  for (const ArgSpec &spec : def.args)
    if (ok && spec.defaultText.empty() &&
        llvm::none_of(named, [&](const Arg &arg) { return spec.name.equals_insensitive(arg.name.text); })) {
      refuse(diags, def, layer.loc, def.layer + " needs the argument '" + spec.name + "'");
      ok = false;
    }
  args = std::move(named);
  return ok;
}

} // namespace dlc::dsl
