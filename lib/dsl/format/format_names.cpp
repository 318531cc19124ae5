// rewriteNames: every built-in name as its table spells it. A name that the file itself binds is left alone.
// It changes the case of words and the spelling of bools, nothing else; names that no table knows stay as they are.
#include "dlc/dsl/names/vocabulary.h"
#include "format_parts.h"
#include "model/model_builder.h"
#include "settings/key_search.h"

#include "dlc/signature/initialiser.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace dlc::dsl {
namespace {

/// Whether `expr` has `name=` with one of the parameters.
bool namesWeights(const Expr &expr, llvm::ArrayRef<Param> params) {
  auto inside = [&](const Expr &e) { return namesWeights(e, params); };
  if (const Call *call = expr.as<Call>())
    return llvm::any_of(call->args, [&](const Arg &arg) {
      const Ref *ref = arg.value.as<Ref>();
      return inside(arg.value) ||
             (ref && arg.name.text.equals_insensitive("name") &&
              llvm::any_of(params, [&](const Param &param) { return param.name.text == ref->name.text; }));
    });
  if (const Chain *chain = expr.as<Chain>())
    return llvm::any_of(chain->operands, [&](const Operand &operand) { return inside(operand.value); });
  if (const Negate *negate = expr.as<Negate>())
    return inside(*negate->operand);
  if (const Flow *flow = expr.as<Flow>())
    return inside(*flow->source) || llvm::any_of(flow->stages, [&](const Stage &stage) { return inside(stage.step); });
  return false;
}
bool namesWeightsByParameter(const Section &block) {
  return llvm::any_of(block.body, [&](const Statement &s) {
    return llvm::any_of(s.values, [&](const Arg &arg) { return namesWeights(arg.value, block.params); });
  });
}

class NameWriter {
public:
  NameWriter(const File &file, llvm::StringRef text, const Vocabulary &vocabulary)
      : file(file), text(text), vocabulary(vocabulary), registry(vocabulary.ops) {}

  std::string write() {
    wordsNameWeights = llvm::any_of(file.sections, namesWeightsByParameter);
    for (const Statement &s : file.constants)
      own.insert(s.key.text);
    for (const Section &section : file.sections) {
      if (section.included)
        continue;
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
  /// A word of an expression. It stays where the user has bound it, or has bound what it would become.
  void word(Name name, llvm::StringRef canonical) {
    if (!isOwn(name.text) && !isOwn(canonical))
      put(name.loc, canonical);
  }
  /// As the first of `names` that it is in any case; false if it is none of them.
  template <class Names> bool oneOf(Name name, const Names &names) {
    auto known = llvm::find_if(names, [&](llvm::StringRef n) { return n.equals_insensitive(name.text); });
    if (known == names.end())
      return false;
    word(name, *known);
    return true;
  }
  void initialiser(Name name) {
    if (const InitialiserDef *def = findInitialiser(name.text))
      word(name, def->name);
  }
  /// The same for names like "a|b|c".
  bool oneOfWords(Name name, llvm::StringRef words) {
    llvm::SmallVector<llvm::StringRef, 8> split;
    words.split(split, '|', -1, false);
    return oneOf(name, split);
  }
  void flag(const Expr &expr) {
    if (const Ref *ref = expr.as<Ref>()) {
      if (llvm::is_contained({"true", "yes", "on"}, ref->name.text.lower()))
        word(ref->name, "true");
      else if (llvm::is_contained({"false", "no", "off"}, ref->name.text.lower()))
        word(ref->name, "false");
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
      initialiser(*name);
    else if (name && !spec.words.empty())
      oneOfWords(*name, spec.words);
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
        if (spec) {
          put(arg.name.loc, spec->name);
        } else if (arg.name.text.equals_insensitive("name")) {
          put(arg.name.loc, "name");
          continue; // a name of the user's
        }
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
      word(name, def->layer);
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
    // A block: its arguments may be layers, and words or bools whose use is not known here.
    for (const Arg &arg : call.args)
      if (arg.name.text != "name")
        ofBlock(arg.value);
  }
  /// An argument or a default of a block's parameter.
  void ofBlock(const Expr &expr) {
    if (!expr.as<Ref>())
      value(expr);
    else if (!wordsNameWeights)
      layer(expr.as<Ref>()->name);
  }
  /// An expression of values; names in it are bound ones.
  void value(const Expr &expr) {
    if (const Ref *ref = expr.as<Ref>())
      reserved(ref->name);
    else if (const Call *c = expr.as<Call>())
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
  /// `input` and `output`, which are so in any case; `.name` behind them is the user's.
  void reserved(Name name) {
    llvm::StringRef head = name.text.split('.').first;
    if (!isOwn(name.text))
      for (llvm::StringRef known : {"input", "output"})
        if (known.equals_insensitive(head))
          put(locOf(head), known);
  }
  void body(const Section &section) {
    for (const Param &param : section.params) {
      local.insert(param.name.text);
      if (param.fallback)
        ofBlock(*param.fallback);
    }
    for (const Statement &s : section.body)
      if (canonicalName(s.key.text) == s.key.text)
        local.insert(s.key.text);
    for (const Statement &s : section.body) {
      reserved(s.key);
      const Call *call = s.value().as<Call>();
      if (call && call->callee.text.equals_insensitive("Tokens")) {
        word(call->callee, "Tokens");
        continue;
      }
      for (const Arg &arg : s.values)
        value(arg.value);
    }
    local.clear();
  }

  //===-- Keys --===//

  void keys(const Section &section) {
    const SectionKind *kind = findSection(section.kind.text);
    for (const Statement &s : section.body)
      if (const Key *key = kind ? findKey(*kind, s.key.text) : nullptr) {
        put(locOf(s.key.text.split('.').first), key->name);
        setting(*key, s);
      }
  }
  void setting(const Key &key, const Statement &s) {
    // A list holds names of the user's; a word of the language's stands alone, as what is left out may be said.
    const Ref *alone = s.values.size() == 1 ? s.value().as<Ref>() : nullptr;
    if (alone && oneOfWords(alone->name, key.words))
      return;
    if (alone && (key.defaultText == "none" || key.defaultText == "off") &&
        key.defaultText.equals_insensitive(alone->name.text))
      return word(alone->name, key.defaultText);
    for (const Arg &arg : s.values)
      setting(key.kind, arg.value);
  }
  void setting(ValueKind kind, const Expr &expr) {
    std::optional<Name> name = nameOf(expr);
    switch (kind) {
    case ValueKind::Plain:
      return;
    case ValueKind::Flag:
      return flag(expr);
    case ValueKind::Initialiser:
      if (name)
        initialiser(*name);
      return;
    case ValueKind::Loss:
    case ValueKind::Optimizer:
      if (!name || isOwn(name->text))
        return;
      if (const OpDef *def = registry.findLayer(name->text, kind == ValueKind::Loss ? Role::Loss : Role::Optimizer)) {
        word(*name, def->layer);
        if (const Call *call = expr.as<Call>())
          arguments(*call, *def);
      }
      return;
    case ValueKind::Steps:
      return steps(expr);
    }
  }
  /// Sources, data steps, schedule steps, metrics, in whatever list or arrow they stand.
  void steps(const Expr &expr) {
    if (std::optional<Name> name = nameOf(expr)) {
      auto word = llvm::find_if(vocabulary.words,
                                [&](const Word &w) { return w.signature.name.equals_insensitive(name->text); });
      if (name->text.equals_insensitive("none"))
        this->word(*name, "none");
      if (word == vocabulary.words.end() || isOwn(name->text))
        return;
      this->word(*name, word->signature.name);
      if (const Call *call = expr.as<Call>())
        for (const Arg &arg : call->args)
          for (const ArgSpec &known : word->signature.args)
            if (known.name.equals_insensitive(arg.name.text))
              put(arg.name.loc, known.name);
    } else if (const Slice *slice = expr.as<Slice>()) {
      for (llvm::StringRef of : {"train", "test"})
        if (of.equals_insensitive(slice->of.text))
          put(slice->of.loc, of);
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
  const Vocabulary &vocabulary;
  const Registry &registry;
  std::vector<Edit> edits;
  llvm::StringSet<> own, local;
  bool wordsNameWeights = false; ///< a word that a block is given may become the name of a weight, as it is spelt
};

} // namespace

std::string rewriteNames(const File &file, llvm::StringRef text, const Vocabulary &vocabulary) {
  return NameWriter(file, text, vocabulary).write();
}

} // namespace dlc::dsl
