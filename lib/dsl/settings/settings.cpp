// Reads the sections [train], [data] and [deploy] and the command line's overrides through the key table.
// [model] and [block] bodies are left to build; here only their headers are checked.
#include "dlc/dsl/settings/settings.h"

#include "classic_keys.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/support/strings.h"
#include "key_search.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxErrors = 100; // of one file; the first twenty are printed

class SettingsReader {
public:
  SettingsReader(const File &file, llvm::ArrayRef<Override> overrides, const Vocabulary &vocabulary, Diags &diags)
      : file(file), vocabulary(vocabulary), diags(diags), evaluator(file, diags), errorsBefore(diags.errorCount()) {
    for (const Override &o : overrides)
      readOverride(o);
  }

  Settings read() {
    readConstants();
    llvm::StringMap<Loc> seen;
    for (const Section &section : file.sections) {
      if (tooMany())
        break;
      const SectionKind *kind = checkHeader(section);
      if (!kind)
        continue;
      // [train] and [training] are one section; a second one would hide which of two equal keys counts.
      if (kind->name != "block" && !kind->partial) {
        llvm::StringRef home = kind->home.empty() ? kind->name : kind->home;
        auto [first, isNew] = seen.try_emplace(home, section.loc);
        if (!isNew)
          diags.error(section.loc, "E113").note(first->second, "the first one is here")
              << "section [" << kind->name << "] is given twice";
      }
      if (kind->home.empty())
        continue;
      for (const Statement &s : section.body) {
        if (tooMany())
          break;
        if (!classic.take(kind->name, s))
          readKey(*kind, s.key, s.values, From::File);
      }
    }
    classic.finish();
    for (const PendingOverride &o : pending)
      if (o.section)
        readKey(*o.section, o.key, *o.values, From::CommandLine);
    checkExclusions();
    if (settings.data.target.value == "next" || takesTokens())
      for (Spec *source : {&settings.data.train.value, &settings.data.test.value, &settings.data.val.value.source})
        readAsText(*source, vocabulary);
    settings.constants = evaluator.all();
    return std::move(settings);
  }

private:
  struct PendingOverride {
    const SectionKind *section = nullptr; ///< null: a constant
    Name key;
    std::shared_ptr<const std::vector<Arg>> values;
    bool used = false;
  };

  /// Whether an input of the model is Tokens(...).
  bool takesTokens() const {
    for (const Section &section : file.sections)
      if (section.kind.text.equals_insensitive("model"))
        for (const Statement &s : section.body)
          if (const Call *call = s.values.empty() ? nullptr : s.value().as<Call>();
              call && s.key.text.split('.').first == "input" && call->callee.text.equals_insensitive("Tokens"))
            return true;
    return false;
  }

  bool tooMany() const { return diags.errorCount() - errorsBefore > kMaxErrors; }

  void readOverride(const Override &o) {
    size_t equals = o.text.find('=');
    llvm::StringRef target = o.text.take_front(equals).trim();
    if (equals == llvm::StringRef::npos || target.empty()) {
      diags.error(locOf(o.text), "E112") << "an override must be SECTION.KEY=VALUE";
      return;
    }
    PendingOverride next;
    llvm::StringRef key = target;
    if (target.contains('.')) {
      llvm::StringRef section = target.split('.').first;
      key = target.split('.').second;
      next.section = findSection(section);
      if (!next.section || next.section->home.empty()) {
        auto d = diags.error(locOf(section), "E111");
        d << "'" << section << "' is not a section whose keys can be overridden";
        d.help("there are train, data and deploy; constants take no section");
        return;
      }
    }
    next.key = {key, locOf(key)};
    auto values = std::make_shared<const std::vector<Arg>>(parseValue(o.text.drop_front(equals + 1), diags));
    if (values->empty())
      return;
    next.values = values;
    settings.overrideValues.push_back(values);
    pending.push_back(std::move(next));
  }

  void readConstants() {
    llvm::StringMap<Loc> bound;
    // A line that could not be read may have been the header of the model, and lines with arrows its body.
    const bool headerMissing = !file.unread.empty() && llvm::none_of(file.sections, [](const Section &s) {
      return s.kind.text.equals_insensitive("model");
    });
    for (const Statement &s : file.constants) {
      if (tooMany())
        return;
      llvm::StringRef name = s.key.text;
      if (headerMissing && s.value().as<Flow>()) {
        evaluator.defineBroken(name);
        continue;
      }
      if (name.contains('.')) {
        diags.error(s.key.loc, "E217") << "the name of a constant cannot contain dots";
        continue;
      }
      if (auto [first, isNew] = bound.try_emplace(name, s.key.loc); !isNew) {
        diags.error(s.key.loc, "E212").note(first->second, "the first one is here")
            << "'" << name << "' is already bound";
        continue;
      }
      llvm::ArrayRef<Arg> values = s.values;
      for (PendingOverride &o : pending)
        if (!o.section && o.key.text == name) {
          values = *o.values;
          o.used = true;
        }
      if (values.size() != 1) {
        diags.error(s.valueLoc(), "E207").help("lists take brackets: [1, 2]") << "a constant takes one value";
        evaluator.defineBroken(name);
        continue;
      }
      if (auto value = evaluator.eval(values.front().value))
        evaluator.define(name, std::move(*value));
      else
        evaluator.defineBroken(name);
    }
    for (const PendingOverride &o : pending) {
      if (o.section || o.used)
        continue;
      llvm::SmallVector<llvm::StringRef> names(bound.keys());
      llvm::sort(names);
      auto d = diags.error(o.key.loc, "E260");
      d << "the file has no constant '" << o.key.text << "'";
      llvm::StringRef near = closest(o.key.text, llvm::ArrayRef(names).take_front(1000));
      const Key *key = findKey(*findSection("train"), o.key.text);
      if (!near.empty())
        d.help("did you mean " + near + "?");
      else if (key)
        d.help("write the key with its section: " + key->section + "." + key->name);
    }
  }

  const SectionKind *checkHeader(const Section &section) {
    if (section.kind.text.empty())
      return nullptr; // it could not be parsed, which was reported
    const SectionKind *kind = findSection(section.kind.text);
    if (!kind) {
      llvm::StringRef near = closest(section.kind.text, sectionNames());
      auto d = diags.error(section.kind.loc, "E111");
      d << "unknown section [" << section.kind.text << "]";
      bool foreign =
          llvm::is_contained({"net", "network", "convolutional", "connected", "maxpool", "softmax", "dropout", "layer"},
                             section.kind.text.lower());
      if (foreign)
        d.help("layers are steps of [model]: output = input -> Conv2d(16, 3) -> ReLU");
      else if (!near.empty())
        d.help("did you mean [" + near + "]?");
      else
        d.help("there are [model], [block Name(parameters)], [data], [train] and [deploy]");
      return nullptr;
    }
    if (kind->name == "block" && section.name.text.empty()) {
      diags.error(section.loc, "E114").help("write [block Name(parameters)]") << "a block needs a name";
      return nullptr;
    }
    if (kind->name != "block" && !section.name.text.empty()) {
      diags.error(section.name.loc, "E114").help("write [" + kind->name + "]")
          << "section [" << kind->name << "] takes neither a name nor parameters";
      return kind;
    }
    return kind;
  }

  void readKey(const SectionKind &kind, Name name, llvm::ArrayRef<Arg> values, From from) {
    const Key *key = findKey(kind, name.text);
    if (!key) {
      auto d = diags.error(name.loc, "E260");
      d << "unknown key '" << name.text << "' in [" << kind.name << "]";
      if (std::string advice = adviceOnKey(kind, name.text); !advice.empty())
        d.help(advice);
      return;
    }
    llvm::StringRef output = name.text.split('.').second;
    if (from == From::File)
      if (auto first = given.give(key->section, key->name, output, name.loc)) {
        reportTwice(diags, name, *first);
        return;
      }
    key->read(KeyReader(evaluator, vocabulary, settings, *key, output, values, from));
  }

  void checkExclusions() {
    TrainSettings &t = settings.train;
    if (!t.epochs.given() || !t.steps.given())
      return;
    // The command line wins over the file without a word, as for any other key.
    if (t.epochs.from != t.steps.from) {
      if (t.epochs.from == From::CommandLine)
        t.steps = TrainSettings().steps;
      else
        t.epochs = TrainSettings().epochs;
      return;
    }
    const bool epochsFirst = diags.sources().order(t.epochs.loc) < diags.sources().order(t.steps.loc);
    diags.error(epochsFirst ? t.steps.loc : t.epochs.loc, "E262")
            .note(epochsFirst ? t.epochs.loc : t.steps.loc, "the other one is here")
        << "epochs and steps exclude each other";
  }

  const File &file;
  const Vocabulary &vocabulary;
  Diags &diags;
  Evaluator evaluator;
  Settings settings;
  std::vector<PendingOverride> pending;
  GivenKeys given; ///< in the file, not on the command line
  ClassicKeys classic{evaluator, vocabulary, settings, given};
  unsigned errorsBefore;
};

} // namespace

Settings readSettings(const File &file, llvm::ArrayRef<Override> overrides, const Vocabulary &vocabulary,
                      Diags &diags) {
  return SettingsReader(file, overrides, vocabulary, diags).read();
}

const OutputLoss *Settings::lossOf(llvm::StringRef name) const {
  for (const OutputLoss &loss : train.outputLosses)
    if (loss.output == name)
      return &loss;
  return nullptr;
}

const Const *Settings::constant(llvm::StringRef name) const {
  for (const ConstArg &constant : constants)
    if (constant.name == name)
      return &constant.value;
  return nullptr;
}

} // namespace dlc::dsl
