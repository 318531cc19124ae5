// Implements the sections: their table, the look-up of keys in it, and advice for keys that are not there.
// Older spellings of single keys are columns of the key table; only those of sections are here.
#include "sections.h"

#include "dlc/dsl/vocabulary.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr SectionKind partOfTrain(llvm::StringLiteral name) {
  return {name, "train", /*older=*/true, /*partial=*/true};
}
constexpr SectionKind kSections[] = {{"model", ""},
                                     {"block", ""},
                                     {"data", "data"},
                                     {"train", "train"},
                                     {"deploy", "deploy"},
                                     {"training", "train", /*older=*/true},
                                     partOfTrain("optimizer"),
                                     partOfTrain("loss"),
                                     partOfTrain("options"),
                                     partOfTrain("logging"),
                                     partOfTrain("initialization"),
                                     partOfTrain("regularization"),
                                     partOfTrain("performance")};

bool hasAlias(const Key &key, llvm::StringRef section, llvm::StringRef name) {
  return llvm::any_of(aliasesOf(key), [&](llvm::StringRef alias) {
    auto [s, n] = alias.split('.');
    return s.equals_insensitive(section) && n.equals_insensitive(name);
  });
}

} // namespace

llvm::SmallVector<llvm::StringRef, 4> aliasesOf(const Key &key) {
  llvm::SmallVector<llvm::StringRef, 4> aliases;
  key.aliases.split(aliases, ' ', -1, false);
  return aliases;
}

std::vector<llvm::StringRef> sectionNames() {
  std::vector<llvm::StringRef> names;
  for (const SectionKind &kind : kSections)
    names.push_back(kind.name);
  return names;
}

std::vector<llvm::StringRef> olderSectionNames() {
  std::vector<llvm::StringRef> names;
  for (const SectionKind &kind : kSections)
    if (kind.older)
      names.push_back(kind.name);
  return names;
}

const SectionKind *findSection(llvm::StringRef name) {
  for (const SectionKind &kind : kSections)
    if (kind.name.equals_insensitive(name))
      return &kind;
  return nullptr;
}

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

std::string adviceOnKey(const SectionKind &section, llvm::StringRef written) {
  // Another section's key or spelling, written correctly?
  for (const Key &key : keyTable())
    if (key.name.equals_insensitive(written))
      return (key.name + " belongs into [" + key.section + "]").str();
  llvm::SmallVector<llvm::StringRef> names;
  llvm::SmallVector<std::pair<llvm::StringRef, const Key *>> spellings; // "learning_rate" in [training]
  for (const Key &key : keyTable())
    if (key.section == section.home) {
      names.push_back(key.name);
      for (llvm::StringRef alias : aliasesOf(key)) {
        names.push_back(alias.split('.').second);
        spellings.push_back({alias, &key});
      }
    }
  llvm::StringRef near = closest(written, names);
  if (near.empty())
    return {};
  for (auto [alias, key] : spellings) {
    auto [home, name] = alias.split('.');
    if (name != near || key->name == near)
      continue;
    if (home.equals_insensitive(section.name))
      break;
    return ("did you mean " + key->name + "? (" + near + " is accepted in [" + home + "])").str();
  }
  return ("did you mean " + near + "?").str();
}

} // namespace dlc::dsl
