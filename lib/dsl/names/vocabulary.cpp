// The units as a list, and the search for a word.
// The other lists are made where their tables are: sections.cpp, older_keys.cpp.
#include "dlc/dsl/names/vocabulary.h"

#include "dlc/signature/const.h"

namespace dlc::dsl {

llvm::StringRef nameOf(WordKind kind) {
  static constexpr llvm::StringLiteral kNames[] = {"data source",   "data step", "augmentation",
                                                   "schedule step", "metric",    "initialiser"};
  return kNames[static_cast<size_t>(kind)];
}

const Word *Vocabulary::find(WordKind kind, llvm::StringRef name) const {
  for (const Word &word : words)
    if (word.kind == kind && word.signature.name.equals_insensitive(name))
      return &word;
  return nullptr;
}

std::vector<llvm::StringRef> unitNames() {
  std::vector<llvm::StringRef> names;
  for (Unit unit : {Unit::Percent, Unit::Epochs, Unit::Steps, Unit::Seconds, Unit::Minutes, Unit::Hours,
                    Unit::Megabytes, Unit::Gigabytes})
    names.push_back(spelling(unit));
  return names;
}

} // namespace dlc::dsl
