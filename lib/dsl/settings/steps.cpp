// Looks words up in the vocabulary and binds their arguments; bare file names become the source that reads them.
// No word is known here.
#include "steps.h"

#include "dlc/dsl/names/foreign_names.h"
#include "dlc/signature/bind.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

/// The word that `value` names; null after E205 or E250. `nameLoc` is where the name stands.
const Word *wordOf(Diags &diags, const Vocabulary &vocabulary, const Const &value, WordKind kind, Loc &nameLoc) {
  if (value.kind != Const::Kind::Word && value.kind != Const::Kind::Call) {
    diags.error(value.loc, "E205") << "expected a " << nameOf(kind) << ", found " << describe(value);
    return nullptr;
  }
  nameLoc = value.kind == Const::Kind::Call ? locOf(textOf(value.loc).take_front(value.text.size())) : value.loc;
  if (const Word *word = vocabulary.find(kind, value.text))
    return word;
  auto d = diags.error(nameLoc, "E250");
  // prepare and augment are easily taken for one another.
  const WordKind other = kind == WordKind::Prepare ? WordKind::Augment : WordKind::Prepare;
  const bool ofData = kind == WordKind::Prepare || kind == WordKind::Augment;
  const Word *elsewhere = ofData ? vocabulary.find(other, value.text) : nullptr;
  if (!elsewhere) {
    llvm::SmallVector<llvm::StringRef> names;
    for (const Word &word : vocabulary.words)
      if (word.kind == kind)
        names.push_back(word.signature.name);
    d << "unknown " << nameOf(kind) << " '" << value.text << "'";
    std::string advice = adviceOnName(NameKind::Word, value.text, names);
    d.help(advice.empty() ? "there are " + llvm::join(names, ", ") : advice);
    return nullptr;
  }
  const bool augments = other == WordKind::Augment;
  d << elsewhere->signature.name << " is " << (augments ? "an augmentation" : "a data step") << ", which belongs in "
    << (augments ? "augment" : "prepare");
  d.help(augments ? "augment changes only training samples, at random; prepare applies to every sample"
                  : "prepare applies to every sample; augment changes only training samples, at random");
  return nullptr;
}

llvm::StringRef extensionOf(llvm::StringRef file) {
  file.consume_back(".gz");
  const llvm::StringRef last = file.substr(file.find_last_of('/') + 1); // npos + 1 is 0
  return last.contains('.') ? last.rsplit('.').second : "";
}

} // namespace

std::optional<Spec> bindStep(const Evaluator &evaluator, const Vocabulary &vocabulary, const Const &value,
                             WordKind kind) {
  Loc nameLoc;
  const Word *word = wordOf(evaluator.diagnostics(), vocabulary, value, kind, nameLoc);
  return word ? bindCall(evaluator, word->signature, value, nameLoc) : std::nullopt;
}

std::optional<Spec> sourceOfFile(const Evaluator &evaluator, const Vocabulary &vocabulary, const Const &file) {
  const llvm::StringRef name = llvm::StringRef(file.text).rsplit('/').second;
  const llvm::StringRef last = name.empty() ? llvm::StringRef(file.text) : name, extension = extensionOf(file.text);
  const Word *source = nullptr, *ofFolders = nullptr;
  for (const Word &word : vocabulary.words)
    if (!source && llvm::is_contained(word.extensions, extension.lower()))
      source = &word;
  for (const Word &word : vocabulary.words) {
    if (!source && !word.namePart.empty() && last.contains(word.namePart))
      source = &word;
    if (!word.folderOf.empty() && (extension.empty() || llvm::is_contained(word.folderOf, extension.lower())))
      ofFolders = &word;
  }
  if (!source) {
    auto d = evaluator.diagnostics().error(file.loc, "E253");
    d.help(ofFolders ? "for a folder of pictures, write " + ofFolders->signature.name + "(" + spelling(file) + ")"
                     : "name its source: Csv(" + llvm::Twine(spelling(file)) + ")");
    if (extension.empty())
      d << "no data source recognises " << spelling(file) << " by its name";
    else
      d << "no data source reads files named *." << extension;
    return std::nullopt;
  }
  Const call;
  call.kind = Const::Kind::Call;
  call.text = source->signature.name.str();
  call.loc = file.loc;
  call.items.push_back({"", file});
  call.items.front().value.kind = Const::Kind::String;
  auto spec = bindStep(evaluator, vocabulary, call, WordKind::Source);
  if (spec)
    spec->bare = true;
  return spec;
}

void readAsText(Spec &source, const Vocabulary &vocabulary) {
  if (!source.bare || source.args.empty())
    return;
  for (const Word &word : vocabulary.words)
    if (llvm::is_contained(word.tokenExtensions, extensionOf(source.args.front().value.text).lower())) {
      source.name = word.signature.name.str();
      source.signature = word.signature.args;
    }
}

bool weighsClasses(const TrainSettings &train) {
  return train.classWeights->kind == Const::Kind::List ||
         (train.classWeights->kind == Const::Kind::Word && train.classWeights->text == "balanced");
}
bool isPartOfTrain(const ValSplit &val) {
  using Kind = ValSplit::Kind;
  return val.kind == Kind::Share || val.kind == Kind::Count || (val.kind == Kind::Slice && val.of != "test");
}
bool mixes(const DataSettings &data) { return !data.augment->empty() && data.augment->back().name == "Mixup"; }

} // namespace dlc::dsl
