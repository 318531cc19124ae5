// BlockTable: the sections that a model may be made of, and which names are taken: by blocks, layers, constants and the
// language itself. It does not look into bodies.
#pragma once

#include "settings/evaluator.h"

#include "dlc/dsl/names/vocabulary.h"

namespace dlc::dsl {

inline bool isInclude(const Statement &s) { return s.key.text.equals_insensitive("include"); }

class BlockTable {
public:
  BlockTable(const File &file, const Vocabulary &vocabulary, const Evaluator &constants, Diags &diags)
      : file(file), vocabulary(vocabulary), registry(vocabulary.ops), constants(constants), diags(diags) {}

  /// Finds the blocks and the [model]; null after an error.
  const Section *findModel();
  /// E212 for constants and parameters whose names are taken: nothing is shadowed.
  void checkNames();
  /// False after an error: `name` is one of the language's own.
  bool checkFree(Name name) const;

  const Section *find(llvm::StringRef name) const;
  bool isLayerName(llvm::StringRef name) const;
  /// `otherwise` is the help where no layer of a similar name is known.
  void unknownLayer(Name name, llvm::StringRef otherwise = "") const;

  void use(const Section &block) { used.insert(block.name.text); }
  std::vector<const Section *> unused() const;

private:
  void checkParameters(const Section &block) const;

  const File &file;
  const Vocabulary &vocabulary;
  const Registry &registry;
  const Evaluator &constants;
  Diags &diags;
  llvm::StringMap<const Section *> all;
  llvm::StringSet<> used;
  bool missing = false; ///< an include, or a header, could not be read: an unknown layer may be a block of it
};

} // namespace dlc::dsl
