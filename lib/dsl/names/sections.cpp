// The table of sections.
// Older spellings of single keys are columns of the key table (settings/keys.cpp); only those of sections are here.
#include "sections.h"

#include "dlc/dsl/names/vocabulary.h"

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

} // namespace

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

} // namespace dlc::dsl
