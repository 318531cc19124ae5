// rewriteClassicLines: each line of the layer-list form and of the INI form as the arrow form says it, in its place.
// It trusts the file, which made a net before; bodies of models are format_model.cpp's, and moving lines between
// sections format_sections.cpp's.
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/support/strings.h"
#include "format_lines.h"
#include "settings/key_search.h"
#include "settings/written.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

bool isClassicModel(const Section &section) {
  return section.kind.text.equals_insensitive("model") && llvm::any_of(section.body, [](const Statement &s) {
           return isOlderKey("model", s.key.text) && !s.value().as<Flow>();
         });
}
/// The row of the key table that a statement means.
const Key *keyOf(const Section &section, const Statement &s) {
  const SectionKind *kind = findSection(section.kind.text);
  return kind ? findKey(*kind, s.key.text) : nullptr;
}

class LineWriter {
public:
  LineWriter(const File &file, llvm::StringRef text, const Settings &settings, const Registry &registry, Diags &diags)
      : settings(settings), evaluator(file, settings.constants, diags), edits(text) {
    for (const Section &section : file.sections)
      if (isClassicModel(section))
        rewriteClassicModel(section, evaluator, registry, edits);
      else
        keys(section);
  }
  std::string write() { return std::move(edits).apply(); }

private:
  void keys(const Section &section) {
    for (const Statement &s : section.body)
      if (const Key *key = keyOf(section, s)) {
        llvm::StringRef head = s.key.text.split('.').first;
        if (!key->name.equals_insensitive(head))
          edits.put(locOf(head), key->name);
      }
    auto find = [&](llvm::StringRef key) {
      auto found = llvm::find_if(section.body, [&](const Statement &s) { return s.key.text.equals_insensitive(key); });
      return found == section.body.end() ? nullptr : &*found;
    };
    if (section.kind.text.equals_insensitive("data"))
      data(find);
    if (section.kind.text.equals_insensitive("training"))
      training(find);
  }

  template <class Find> void data(Find find) {
    files("train", find("train_file"), find("train_label_file"));
    files("test", find("test_file"), find("test_label_file"));
    if (const Statement *s = find("val_split")) {
      const ValSplit &val = *settings.data.val;
      if (val.kind != ValSplit::Kind::Share)
        edits.remove(*s);
      else if (auto share = exactPercent(val.share))
        edits.put(s->loc, "val = " + *share);
    }
    if (const Statement *s = find("normalize")) {
      if (settings.data.prepare.given())
        edits.put(s->loc, "prepare = Normalize");
      else
        edits.remove(*s);
    }
  }

  /// A file name as a string; nothing for one that cannot be said so, since strings put constants in.
  static std::optional<std::string> quoted(const Expr &name) {
    if (name.as<String>())
      return textOf(name.loc).str();
    if (textOf(name.loc).contains("${"))
      return std::nullopt;
    std::string result = "\"";
    for (char c : textOf(name.loc)) {
      if (c == '"' || c == '\\')
        result += '\\';
      result += c;
    }
    return result + '"';
  }
  void files(llvm::StringRef key, const Statement *samples, const Statement *labels) {
    auto source = samples ? quoted(samples->value()) : std::nullopt;
    auto second = labels ? quoted(labels->value()) : std::nullopt;
    if (!source || (labels && !second))
      return;
    if (labels)
      edits.remove(*labels);
    edits.put(samples->loc, key + " = Csv(" + *source + (second ? ", " + *second : "") + ")");
  }

  template <class Find> void training(Find find) {
    if (const Statement *stopping = find("early_stopping")) {
      auto value = evaluator.eval(stopping->value());
      const Statement *patience = find("patience");
      if (value && patience && !evaluator.flag(*value, "early_stopping").value_or(true))
        edits.remove(*patience);
      edits.remove(*stopping);
    }
    const Statement *size = find("lr_step_size"), *gamma = find("lr_gamma");
    if (!size || !gamma)
      return;
    auto every = evaluator.eval(size->value());
    std::string decay = " -> Decay(" + textOf(gamma->valueLoc()).str() +
                        ", every=" + shortNumber(every ? every->number : 1) + " epochs)";
    edits.remove(*size);
    // The rate may stand in [optimizer]; where none is written, its place is that of the schedule.
    if (Loc lr = settings.train.lr.loc; edits.contains(lr) && lr.Start != size->valueLoc().Start) {
      edits.put({lr.End, lr.End}, decay);
      edits.remove(*gamma);
    } else {
      edits.put(gamma->loc, "lr = " + shortNumber(settings.train.lr.value) + decay);
    }
  }

  const Settings &settings;
  Evaluator evaluator;
  LineEdits edits;
};

} // namespace

bool isClassic(const File &file) {
  for (const Section &section : file.sections) {
    const SectionKind *kind = findSection(section.kind.text);
    if ((kind && kind->older) || isClassicModel(section))
      return true;
    for (const Statement &s : section.body) {
      const Key *key = keyOf(section, s);
      if ((section.kind.text.equals_insensitive("data") && isOlderKey("data", s.key.text)) ||
          (section.kind.text.equals_insensitive("train") && key && key->section == "data"))
        return true;
    }
  }
  return false;
}

std::string rewriteClassicLines(const File &file, llvm::StringRef text, const Settings &settings,
                                const Registry &registry, Diags &diags) {
  return LineWriter(file, text, settings, registry, diags).write();
}

} // namespace dlc::dsl
