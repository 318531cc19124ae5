// Implements ClassicKeys: train_file, val_split, lr_step_size and the like become the settings that they stand for.
// The other keys of [training] are aliases in the key table.
#include "classic_keys.h"

#include "dlc/dsl/names/vocabulary.h"
#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

/// The names that Which counts.
static constexpr std::array<llvm::StringLiteral, 9> kNames = {"train_file",      "test_file",    "train_label_file",
                                                              "test_label_file", "val_split",    "normalize",
                                                              "early_stopping",  "lr_step_size", "lr_gamma"};

void reportTwice(Diags &diags, Name key, Loc first) {
  diags.error(key.loc, "E261").note(first, "the first one is here") << "key '" << key.text << "' is given twice";
}

bool ClassicKeys::take(llvm::StringRef section, const Statement &s) {
  static_assert(kNames.size() == kCount);
  if (!isOlderKey(section, s.key.text))
    return false;
  auto name = llvm::find_if(kNames, [&](llvm::StringRef n) { return n.equals_insensitive(s.key.text); });
  DLC_CHECK(name != kNames.end()) << "nobody reads the older key " << s.key.text.str();
  const Statement *&slot = kept[static_cast<size_t>(name - kNames.begin())];
  if (slot)
    reportTwice(diags, s.key, slot->key.loc);
  else
    slot = &s;
  return true;
}

void ClassicKeys::finish() {
  files(kept[TrainFile], kept[TrainLabels], "train", settings.data.train);
  files(kept[TestFile], kept[TestLabels], "test", settings.data.test);
  if (const Statement *s = kept[ValShare]; s && claim("val", s))
    valShare(s);
  if (const Statement *s = kept[Normalize]; s && claim("prepare", s) && flag(Normalize) == true) {
    settings.data.prepare = {{named(WordKind::Prepare, "Normalize", s->valueLoc())}, s->valueLoc(), From::File};
  }
  if (kept[EarlyStopping])
    if (auto stops = flag(EarlyStopping)) {
      settings.train.earlyStopping = {*stops, kept[EarlyStopping]->loc, From::File};
      if (!*stops)
        settings.train.patience = {};
    }
  if (kept[StepSize] || kept[StepGamma])
    stepSchedule(kept[StepSize], kept[StepGamma]);
}

Spec ClassicKeys::named(WordKind kind, llvm::StringRef name, Loc loc) const {
  const Word *word = vocabulary.find(kind, name);
  DLC_CHECK(word) << "the vocabulary has no " << name;
  return {.name = name.str(), .loc = loc, .signature = word->signature.args};
}

std::optional<Const> ClassicKeys::value(const Statement *s) const {
  if (s->values.size() == 1)
    return evaluator.eval(s->value());
  diags.error(s->valueLoc(), "E207") << s->key.text << " takes one value";
  return std::nullopt;
}

std::optional<bool> ClassicKeys::flag(Which which) const {
  auto written = value(kept[which]);
  return written ? evaluator.flag(*written, kNames[which]) : std::nullopt;
}

/// Whether the key of [data] that a classic one stands for is still free; E262 otherwise.
bool ClassicKeys::claim(llvm::StringRef dataKey, const Statement *s) {
  std::optional<Loc> first = given.give("data", dataKey, "", s->key.loc);
  if (first)
    diags.error(s->key.loc, "E262").note(*first, "the other one is here")
        << s->key.text << " and " << dataKey << " exclude each other";
  return !first;
}

void ClassicKeys::files(const Statement *samples, const Statement *labels, llvm::StringRef key,
                        Setting<Spec> &setting) {
  if (!samples) {
    if (labels)
      diags.error(labels->key.loc, "E262") << labels->key.text << " needs " << key << "_file";
    return;
  }
  if (!claim(key, samples))
    return;
  Spec spec = named(WordKind::Source, "Csv", samples->valueLoc());
  auto add = [&](llvm::StringRef name, const Statement *s) {
    if (s)
      if (auto text = value(s))
        spec.args.push_back({name.str(), std::move(*text)});
  };
  add("file", samples);
  add("labels", labels);
  setting = {std::move(spec), samples->valueLoc(), From::File};
}

void ClassicKeys::valShare(const Statement *s) {
  auto share = value(s);
  if (!share)
    return;
  // 0.1, 10 and 10% all occur; a share below 1 is no percentage.
  const bool percent = share->unit == Unit::Percent;
  if (percent)
    share->unit = Unit::None;
  auto n = evaluator.number(*share, {0, 100, false, true}, kNames[ValShare]);
  if (!n)
    return;
  const double part = !percent && *n < 1 ? *n : *n / 100;
  settings.data.val = {{}, s->valueLoc(), From::File};
  settings.data.val.value.kind = part > 0 ? ValSplit::Kind::Share : ValSplit::Kind::None;
  settings.data.val.value.share = part;
}

/// lr_step_size = n, lr_gamma = g: lr -> Decay(g, every=n epochs).
void ClassicKeys::stepSchedule(const Statement *size, const Statement *gamma) {
  const Statement *any = size ? size : gamma;
  if (!size || !gamma) {
    diags.error(any->key.loc, "E262") << "lr_step_size and lr_gamma must be given together";
    return;
  }
  if (!settings.train.schedule.empty()) {
    diags.error(any->key.loc, "E262").note(settings.train.lr.loc, "the other one is here")
        << "lr already has a schedule";
    return;
  }
  auto every = value(size), factor = value(gamma);
  auto n = every ? evaluator.number(*every, {1, 1e15, false, false, true}, kNames[StepSize]) : std::nullopt;
  auto g = factor ? evaluator.number(*factor, {0, 1e300, true}, kNames[StepGamma]) : std::nullopt;
  if (!n || !g)
    return;
  factor->number = *g;
  every->number = *n;
  every->unit = Unit::Epochs;
  Spec decay = named(WordKind::Schedule, "Decay", any->loc);
  decay.args = {{"factor", *factor}, {"every", *every}};
  settings.train.schedule.push_back(std::move(decay));
  if (auto &lr = settings.train.lr; !lr.given())
    lr = {lr.value, size->valueLoc(), From::File};
}

} // namespace dlc::dsl
