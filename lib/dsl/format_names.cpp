// rewriteNames: every built-in name as its table spells it. A name that the file itself binds is left alone.
// It changes the case of words and the spelling of bools, nothing else; names that no table knows stay as they are.
#include "dlc/dsl/vocabulary.h"
#include "format_parts.h"
#include "keys.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace dlc::dsl {
namespace {

class NameWriter {
public:
  NameWriter(const File &file, llvm::StringRef text, const Registry &registry)
      : file(file), text(text), registry(registry) {}

  std::string write() {
    for (const Statement &s : file.constants)
      own.insert(s.key.text);
    for (const Section &section : file.sections) {
      put(section.kind.loc, section.kind.text.lower());
      if (section.kind.text.equals_insensitive("model") || section.kind.text.equals_insensitive("block"))
        body(section);
      else
        keys(section);
    }
    return applyEdits(text, std::move(edits));
  }

private:
  void put(Loc at, llvm::StringRef canonical) {
    if (at.isValid() && textOf(at) != canonical)
      edits.push_back({at, canonical.str()});
  }
  bool isOwn(llvm::StringRef name) const { return own.contains(name) || local.contains(name); }
  /// The first of `names` that is `name` in any case, else nothing.
  template <class Names> void oneOf(Name name, const Names &names) {
    if (isOwn(name.text))
      return;
    for (llvm::StringRef candidate : names)
      if (candidate.equals_insensitive(name.text))
        return put(name.loc, candidate);
  }
  void word(Name name, llvm::StringRef words) {
    llvm::SmallVector<llvm::StringRef, 8> split;
    words.split(split, '|', -1, false);
    oneOf(name, split);
  }
  void flag(const Expr &expr) {
    if (const Ref *ref = expr.as<Ref>(); ref && !isOwn(ref->name.text)) {
      for (llvm::StringRef yes : {"true", "yes", "on"})
        if (yes.equals_insensitive(ref->name.text))
          return put(expr.loc, "true");
      for (llvm::StringRef no : {"false", "no", "off"})
        if (no.equals_insensitive(ref->name.text))
          return put(expr.loc, "false");
    } else if (const Number *number = expr.as<Number>(); number && number->unit == Unit::None) {
      if (number->value == 0 || number->value == 1)
        put(expr.loc, number->value == 1 ? "true" : "false");
    }
  }
  static std::optional<Name> nameOf(const Expr &expr) {
    if (const Ref *ref = expr.as<Ref>())
      return ref->name;
    if (const Call *call = expr.as<Call>())
      return call->callee;
    return std::nullopt;
  }

  //===-- Layers --===//

  void argument(const ArgSpec &spec, const Expr &value) {
    if (spec.kind == ArgKind::Flag)
      return flag(value);
    std::optional<Name> name = nameOf(value);
    if (spec.kind == ArgKind::Init && name)
      oneOf(*name, initialiserNames());
    else if (name && !spec.words.empty())
      word(*name, spec.words);
  }
  void arguments(const Call &call, const OpDef &def) {
    llvm::SmallVector<const ArgSpec *, 8> order;
    for (const ArgSpec &spec : def.args)
      if (!spec.keywordOnly)
        order.push_back(&spec);
    size_t position = 0;
    for (const Arg &arg : call.args) {
      const ArgSpec *spec = nullptr;
      if (arg.name.text.empty()) {
        if (def.operands.empty() || !def.operands.back().ends_with("...")) // Concat(a, b): its operands are values
          spec = position < order.size() ? order[position++] : nullptr;
      } else {
        for (const ArgSpec &candidate : def.args)
          if (candidate.name.equals_insensitive(arg.name.text))
            spec = &candidate;
        if (spec)
          put(arg.name.loc, spec->name);
        else if (arg.name.text.equals_insensitive("name"))
          put(arg.name.loc, "name");
      }
      if (spec)
        argument(*spec, arg.value);
      else
        value(arg.value);
    }
  }
  const OpDef *layer(Name name) {
    if (isOwn(name.text))
      return nullptr;
    const OpDef *def = registry.findLayer(name.text, Role::Layer);
    if (def)
      put(name.loc, def->layer);
    return def;
  }
  void step(const Expr &expr) {
    if (const Ref *ref = expr.as<Ref>())
      layer(ref->name);
    else if (const Call *call = expr.as<Call>())
      this->call(*call);
  }
  void call(const Call &call) {
    if (const OpDef *def = layer(call.callee))
      return arguments(call, *def);
    if (call.callee.text.equals_insensitive("Tokens") && !isOwn(call.callee.text))
      put(call.callee.loc, "Tokens");
    // A block: its arguments may be layers, and words or bools whose use is not known here.
    for (const Arg &arg : call.args)
      if (const Ref *ref = arg.value.as<Ref>())
        layer(ref->name);
      else
        value(arg.value);
  }
  /// An expression of values; names in it are bound ones.
  void value(const Expr &expr) {
    if (const Call *c = expr.as<Call>())
      call(*c);
    else if (const Chain *chain = expr.as<Chain>())
      for (const Operand &operand : chain->operands)
        value(operand.value);
    else if (const Negate *negate = expr.as<Negate>())
      value(*negate->operand);
    else if (const Flow *flow = expr.as<Flow>()) {
      value(*flow->source);
      for (const Stage &stage : flow->stages)
        step(stage.step);
    }
  }
  void body(const Section &section) {
    local.clear();
    for (const Param &param : section.params) {
      local.insert(param.name.text);
      if (param.fallback)
        if (const Ref *ref = param.fallback->as<Ref>())
          layer(ref->name);
    }
    for (const Statement &s : section.body)
      local.insert(s.key.text);
    for (const Statement &s : section.body)
      for (const Arg &arg : s.values)
        value(arg.value);
    local.clear();
  }

  //===-- Keys --===//

  void keys(const Section &section) {
    for (const Statement &s : section.body) {
      auto [head, tail] = s.key.text.split('.');
      for (const Key &key : keyTable()) {
        if (!key.section.equals_insensitive(section.kind.text) || !key.name.equals_insensitive(head))
          continue;
        put(locOf(head), key.name);
        for (const Arg &arg : s.values)
          setting(key, arg.value);
        break;
      }
    }
  }
  void setting(const Key &key, const Expr &expr) {
    std::optional<Name> name = nameOf(expr);
    if (key.type == "bool")
      return flag(expr);
    if (key.name == "init" && name)
      return oneOf(*name, initialiserNames());
    if (key.name == "dtype" && name)
      return word(*name, "f32|f64");
    if ((key.name == "loss" || key.name == "optimizer") && name) {
      if (isOwn(name->text))
        return;
      if (const OpDef *def = registry.findLayer(name->text, key.name == "loss" ? Role::Loss : Role::Optimizer)) {
        put(name->loc, def->layer);
        if (const Call *call = expr.as<Call>())
          arguments(*call, *def);
      }
      return;
    }
    if (name && !key.words.empty())
      word(*name, key.words);
    steps(expr);
  }
  /// Sources, data steps, schedule steps, metrics, in whatever list or arrow they stand.
  void steps(const Expr &expr) {
    if (std::optional<Name> name = nameOf(expr)) {
      if (isOwn(name->text))
        return;
      for (const StepInfo &info : allSteps()) {
        if (!info.name.equals_insensitive(name->text))
          continue;
        put(name->loc, info.name);
        if (const Call *call = expr.as<Call>())
          for (const Arg &arg : call->args)
            if (!arg.name.text.empty())
              oneOf(arg.name, info.arguments);
        return;
      }
      if (name->text.equals_insensitive("none"))
        put(name->loc, "none");
    } else if (const Flow *flow = expr.as<Flow>()) {
      steps(*flow->source);
      for (const Stage &stage : flow->stages)
        steps(stage.step);
    } else if (const List *list = expr.as<List>()) {
      for (const Arg &arg : list->items)
        steps(arg.value);
    }
  }

  const File &file;
  llvm::StringRef text;
  const Registry &registry;
  std::vector<Edit> edits;
  llvm::StringSet<> own, local;
};

} // namespace

std::string rewriteNames(const File &file, llvm::StringRef text, const Registry &registry) {
  return NameWriter(file, text, registry).write();
}

} // namespace dlc::dsl
