// Implements the search for keys, and the advice for keys that are not there.
// The sections are a table of their own (names/sections.cpp).
#include "key_search.h"

#include "dlc/dsl/names/foreign_names.h"
#include "dlc/dsl/names/vocabulary.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

llvm::SmallVector<llvm::StringRef, 4> aliasesOf(const Key &key) {
  llvm::SmallVector<llvm::StringRef, 4> aliases;
  key.aliases.split(aliases, ' ', -1, false);
  return aliases;
}

namespace {

bool hasAlias(const Key &key, llvm::StringRef section, llvm::StringRef name) {
  return llvm::any_of(aliasesOf(key), [&](llvm::StringRef alias) {
    auto [s, n] = alias.split('.');
    return s.equals_insensitive(section) && n.equals_insensitive(name);
  });
}

} // namespace

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

namespace {

/// What may be written in a section as it is spelt.
llvm::SmallVector<llvm::StringRef> spellingsIn(const SectionKind &section) {
  llvm::SmallVector<llvm::StringRef> names;
  for (const Key &key : keyTable()) {
    const bool here = key.section == section.home || (section.home == "train" && key.section == "data");
    if (here && !section.partial)
      names.push_back(key.name);
    for (llvm::StringRef alias : aliasesOf(key))
      if (alias.split('.').first.equals_insensitive(section.name))
        names.push_back(alias.split('.').second);
  }
  return names;
}

bool isInModel(llvm::StringRef name) {
  llvm::StringRef head = name.split('.').first;
  return head.equals_insensitive("input") || head.equals_insensitive("output") || isOlderKey("model", name);
}

/// The row of the table for a name of its own or of another tool. What [deploy] alone has comes last: more often a key
/// of training is meant, batch_size by batch.
const Key *keyMeant(llvm::StringRef written) {
  const Key *deploys = nullptr;
  for (const Key &key : keyTable())
    if (key.name.equals_insensitive(written)) {
      if (key.section != "deploy")
        return &key;
      deploys = &key;
    }
  for (const Key &key : keyTable())
    if (meansName(NameKind::Key, written, key.name))
      return &key;
  return deploys;
}

} // namespace

std::string adviceOnKey(const SectionKind &section, llvm::StringRef written) {
  if (isInModel(written))
    return (written + " belongs in [model]").str();
  const auto here = spellingsIn(section);
  if (std::string advice = adviceOnName(NameKind::Key, written, here); !advice.empty())
    return advice;
  // Another section's key, or what others call it; then the beginning of one of this section: batch for batch_size.
  const Key *elsewhere = keyMeant(written);
  const bool isDeploy = elsewhere && elsewhere->section == "deploy";
  auto begun = llvm::find_if(here, [&](llvm::StringRef name) {
    return name.size() > written.size() && name.starts_with_insensitive(written) && name[written.size()] == '_';
  });
  if (begun != here.end() && (!elsewhere || isDeploy))
    return ("did you mean " + *begun + "?").str();
  if (elsewhere)
    return (elsewhere->name + " belongs in [" + elsewhere->section + "]").str();
  return {};
}

std::string adviceInModel(llvm::StringRef written) {
  const Key *key = keyMeant(written);
  return key ? (key->name + " belongs in [" + key->section + "]").str() : "";
}

} // namespace dlc::dsl
