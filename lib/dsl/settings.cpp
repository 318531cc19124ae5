// Reads the sections [train], [data] and [deploy] and the command line's overrides through the key table.
// [model] and [block] bodies are left to build; here only their headers are checked.
#include "dlc/dsl/settings.h"

#include "dlc/dsl/parse.h"
#include "dlc/dsl/vocabulary.h"
#include "dlc/support/strings.h"
#include "keys.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxErrors = 100; // of one file; the first twenty are printed

struct SectionKind {
  llvm::StringLiteral name;
  llvm::StringLiteral home; ///< section of the key table; "" where bodies are read elsewhere
  bool partial = false;     ///< a part of its home in an older spelling: takes only what the key table says it does
};
constexpr SectionKind kSections[] = {{"model", ""},
                                     {"block", ""},
                                     {"data", "data"},
                                     {"train", "train"},
                                     {"training", "train"},
                                     {"deploy", "deploy"},
                                     {"optimizer", "train", true},
                                     {"loss", "train", true},
                                     {"options", "train", true},
                                     {"logging", "train", true},
                                     {"initialization", "train", true},
                                     {"regularization", "train", true},
                                     {"performance", "train", true}};

const SectionKind *findSection(llvm::StringRef name) {
  for (const SectionKind &kind : kSections)
    if (kind.name.equals_insensitive(name))
      return &kind;
  return nullptr;
}

bool hasAlias(const Key &key, llvm::StringRef section, llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef, 4> aliases;
  key.aliases.split(aliases, ' ', -1, false);
  return llvm::any_of(aliases, [&](llvm::StringRef alias) {
    auto [s, n] = alias.split('.');
    return s.equals_insensitive(section) && n.equals_insensitive(name);
  });
}

/// The row that `name` means in a section as it is spelt. [train] also takes the keys of [data], as the layer-list form
/// has only [train].
const Key *findKey(const SectionKind &section, llvm::StringRef written) {
  auto [name, output] = written.split('.');
  for (const Key &key : keyTable()) {
    bool here = key.section == section.home || (section.home == "train" && key.section == "data");
    if (output.empty() == written.contains('.') || (!output.empty() && !key.perOutput))
      continue;
    if (!section.partial && here && key.name.equals_insensitive(name))
      return &key;
    if (hasAlias(key, section.name, name))
      return &key;
  }
  return nullptr;
}

class SettingsReader {
public:
  SettingsReader(const File &file, llvm::ArrayRef<Override> overrides, Diags &diags)
      : file(file), diags(diags), evaluator(file, diags), errorsBefore(diags.errorCount()) {
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
        readStatement(*kind, s);
      }
    }
    finishClassic();
    for (const PendingOverride &o : pending)
      if (o.section)
        readKey(*o.section, o.key, *o.values, From::CommandLine);
    checkExclusions();
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

  bool tooMany() const { return diags.errorCount() - errorsBefore > kMaxErrors; }

  void readOverride(const Override &o) {
    size_t equals = o.text.find('=');
    llvm::StringRef target = o.text.take_front(equals).trim();
    if (equals == llvm::StringRef::npos || target.empty()) {
      diags.error(locOf(o.text), "E112") << "an override is SECTION.KEY=VALUE";
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
        d << "'" << section << "' is no section whose keys can be overridden";
        d.help("there are train, data and deploy; constants stand without a section");
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
    for (const Statement &s : file.constants) {
      if (tooMany())
        return;
      llvm::StringRef name = s.key.text;
      if (name.contains('.')) {
        diags.error(s.key.loc, "E205") << "a constant has a name without dots";
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
        diags.error(s.valueLoc(), "E205").help("lists take brackets: [1, 2]") << "a constant is one value";
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
      const Key *key = findKey(kSections[3], o.key.text);
      if (!near.empty())
        d.help("did you mean " + near + "?");
      else if (key)
        d.help("keys are named with their section: " + key->section + "." + key->name);
    }
  }

  const SectionKind *checkHeader(const Section &section) {
    if (section.kind.text.empty())
      return nullptr; // it could not be parsed, which was reported
    const SectionKind *kind = findSection(section.kind.text);
    if (!kind) {
      llvm::SmallVector<llvm::StringRef> names;
      for (const SectionKind &k : kSections)
        names.push_back(k.name);
      llvm::StringRef near = closest(section.kind.text, names);
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
          << "section [" << kind->name << "] has neither a name nor parameters";
      return kind;
    }
    return kind;
  }

  /// The INI form's own keys of [data] and [training]; true when `s` was one.
  bool readClassic(const SectionKind &kind, const Statement &s) {
    auto keep = [&](const Statement *&slot) {
      if (slot)
        twice(s.key, slot->key.loc);
      else
        slot = &s;
      return true;
    };
    if (kind.name == "data")
      for (auto [name, slot] : {std::pair("train_file", &trainFile), std::pair("test_file", &testFile),
                                std::pair("train_label_file", &trainLabels), std::pair("test_label_file", &testLabels),
                                std::pair("val_split", &valSplit), std::pair("normalize", &normalize)})
        if (s.key.text.equals_insensitive(name))
          return keep(*slot);
    if (kind.name == "training")
      for (auto [name, slot] : {std::pair("early_stopping", &earlyStopping), std::pair("lr_step_size", &stepSize),
                                std::pair("lr_gamma", &stepGamma)})
        if (s.key.text.equals_insensitive(name))
          return keep(*slot);
    return false;
  }

  void readStatement(const SectionKind &kind, const Statement &s) {
    if (readClassic(kind, s))
      return;
    readKey(kind, s.key, s.values, From::File);
  }

  void readKey(const SectionKind &kind, Name name, llvm::ArrayRef<Arg> values, From from) {
    const Key *key = findKey(kind, name.text);
    if (!key) {
      unknownKey(kind, name);
      return;
    }
    llvm::StringRef output = name.text.split('.').second;
    if (from == From::File) {
      auto [first, isNew] = firstOf.try_emplace(keyOf(*key, output), name.loc);
      if (!isNew) {
        twice(name, first->second);
        return;
      }
    }
    key->read(KeyReader(evaluator, settings, *key, output, values, from));
  }

  static std::string keyOf(const Key &key, llvm::StringRef output) {
    return (key.section + "." + key.name + "." + output).str();
  }
  void twice(Name name, Loc first) {
    diags.error(name.loc, "E261").note(first, "the first one is here") << "key '" << name.text << "' is given twice";
  }

  void unknownKey(const SectionKind &kind, Name name) {
    auto d = diags.error(name.loc, "E260");
    d << "unknown key '" << name.text << "' in [" << kind.name << "]";
    // Another section's key or spelling, written correctly?
    for (const Key &key : keyTable())
      if (key.name.equals_insensitive(name.text)) {
        d.help(key.name + " belongs into [" + key.section + "]");
        return;
      }
    llvm::SmallVector<llvm::StringRef> names;
    llvm::SmallVector<std::pair<llvm::StringRef, const Key *>> spellings; // "learning_rate" in [training]
    for (const Key &key : keyTable()) {
      if (key.section == kind.home)
        names.push_back(key.name);
      llvm::SmallVector<llvm::StringRef, 4> aliases;
      key.aliases.split(aliases, ' ', -1, false);
      for (llvm::StringRef alias : aliases)
        if (key.section == kind.home) {
          names.push_back(alias.split('.').second);
          spellings.push_back({alias, &key});
        }
    }
    llvm::StringRef near = closest(name.text, names);
    if (near.empty())
      return;
    for (auto [alias, key] : spellings)
      if (alias.split('.').second == near && key->name != near) {
        llvm::StringRef home = alias.split('.').first;
        if (home.equals_insensitive(kind.name))
          d.help("did you mean " + near + "?");
        else
          d.help("did you mean " + key->name + "? (" + near + " is accepted in [" + home + "])");
        return;
      }
    d.help("did you mean " + near + "?");
  }

  std::optional<Const> value(const Statement *s) {
    if (s->values.size() == 1)
      return evaluator.eval(s->value());
    diags.error(s->valueLoc(), "E205") << s->key.text << " takes one value";
    return std::nullopt;
  }

  /// Whether the canonical key that a classic one stands for is still free.
  bool claim(llvm::StringRef key, const Statement *s) {
    const Key *row = findKey(kSections[key == "lr" || key == "patience" ? 3 : 2], key);
    auto [first, isNew] = firstOf.try_emplace(keyOf(*row, ""), s->key.loc);
    if (!isNew)
      diags.error(s->key.loc, "E262").note(first->second, "the other one is here")
          << s->key.text << " and " << key << " exclude each other";
    return isNew;
  }

  void finishClassic() {
    files(trainFile, trainLabels, "train", settings.data.train);
    files(testFile, testLabels, "test", settings.data.test);
    if (valSplit && claim("val", valSplit))
      if (auto share = value(valSplit)) {
        Const plain = *share;
        plain.unit = Unit::None;
        // 0.1, 10 and 10% all occur; a share below 1 is no percentage.
        if (auto n =
                evaluator.number(share->unit == Unit::Percent ? plain : *share, {0, 100, false, true}, "val_split")) {
          double part = share->unit != Unit::Percent && *n < 1 ? *n : *n / 100;
          settings.data.val = {{}, valSplit->valueLoc(), From::File};
          settings.data.val.value.kind = part > 0 ? ValSplit::Kind::Share : ValSplit::Kind::None;
          settings.data.val.value.share = part;
        }
      }
    if (normalize && claim("prepare", normalize))
      if (auto flag = value(normalize))
        if (auto on = evaluator.flag(*flag, "normalize"); on && *on) {
          Spec step;
          step.name = "Normalize";
          step.loc = normalize->valueLoc();
          settings.data.prepare = {{step}, step.loc, From::File};
        }
    if (earlyStopping)
      if (auto flag = value(earlyStopping))
        if (auto on = evaluator.flag(*flag, "early_stopping"); on && !*on)
          settings.train.patience = {};
    if (stepSize || stepGamma)
      stepSchedule();
  }

  void files(const Statement *samples, const Statement *labels, llvm::StringRef key, Setting<Spec> &setting) {
    if (!samples) {
      if (labels)
        diags.error(labels->key.loc, "E262") << labels->key.text << " needs " << key << "_file";
      return;
    }
    if (!claim(key, samples))
      return;
    Spec spec;
    spec.name = "Csv";
    spec.loc = samples->valueLoc();
    auto add = [&](llvm::StringRef name, const Statement *s) {
      if (s)
        if (auto text = value(s))
          spec.args.push_back({name.str(), std::move(*text)});
    };
    add("file", samples);
    add("labels", labels);
    setting = {std::move(spec), samples->valueLoc(), From::File};
  }

  /// lr_step_size = n, lr_gamma = g: lr -> Decay(g, every=n epochs).
  void stepSchedule() {
    const Statement *any = stepSize ? stepSize : stepGamma;
    if (!stepSize || !stepGamma) {
      diags.error(any->key.loc, "E262") << "lr_step_size and lr_gamma are given together or not at all";
      return;
    }
    if (!settings.train.schedule.empty()) {
      diags.error(any->key.loc, "E262").note(settings.train.lr.loc, "the other one is here")
          << "lr has a schedule already";
      return;
    }
    auto size = value(stepSize), gamma = value(stepGamma);
    auto n = size ? evaluator.number(*size, {1, 1e15, false, false, true}, "lr_step_size") : std::nullopt;
    auto g = gamma ? evaluator.number(*gamma, {0, 1e300, true}, "lr_gamma") : std::nullopt;
    if (!n || !g)
      return;
    Spec decay;
    decay.name = "Decay";
    decay.loc = any->loc;
    gamma->number = *g;
    size->number = *n;
    size->unit = Unit::Epochs;
    decay.args = {{"factor", *gamma}, {"every", *size}};
    settings.train.schedule.push_back(std::move(decay));
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
  Diags &diags;
  Evaluator evaluator;
  Settings settings;
  std::vector<PendingOverride> pending;
  llvm::StringMap<Loc> firstOf; ///< of section.key.output
  const Statement *trainFile = nullptr, *testFile = nullptr, *trainLabels = nullptr, *testLabels = nullptr,
                  *valSplit = nullptr, *normalize = nullptr, *earlyStopping = nullptr, *stepSize = nullptr,
                  *stepGamma = nullptr;
  unsigned errorsBefore;
};

} // namespace

Settings readSettings(const File &file, llvm::ArrayRef<Override> overrides, Diags &diags) {
  return SettingsReader(file, overrides, diags).read();
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

std::vector<llvm::StringRef> sectionNames() {
  std::vector<llvm::StringRef> names;
  for (const SectionKind &kind : kSections)
    names.push_back(kind.name);
  return names;
}

} // namespace dlc::dsl
