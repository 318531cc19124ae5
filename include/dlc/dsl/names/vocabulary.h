// The words of the language that are neither layers (the registry has those) nor keys (allKeys), as lists, for
// formatting, documentation, editors and completion. Each is read from the table that the compiler itself uses.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/signature/args.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace dlc::dsl {

/// What a word is, that is neither a layer, a loss nor an optimizer.
enum class WordKind : uint8_t { Source, Prepare, Augment, Schedule, Metric, Initialiser };
/// "data source", "data step", "augmentation", "schedule step", "metric", "initialiser"
llvm::StringRef nameOf(WordKind kind);

/// A word with its arguments, and of a data source the bare file names that stand for it.
struct Word {
  WordKind kind;
  Signature signature;
  llvm::ArrayRef<llvm::StringRef> extensions = {};      ///< of its files, without the dot and without .gz
  llvm::ArrayRef<llvm::StringRef> tokenExtensions = {}; ///< of its files where the net reads tokens
  llvm::ArrayRef<llvm::StringRef> folderOf = {};        ///< of files that it reads from a folder
  llvm::StringRef namePart = "";                        ///< of its files where the extension tells nothing
};

/// The words that the language is handed, as it does not know what they do.
struct Vocabulary {
  const Registry &ops;
  std::vector<Word> words; ///< by kind

  const Word *find(WordKind kind, llvm::StringRef name) const; ///< case is ignored; null if there is none
};

/// "model", "block", "data", "train", "deploy", then the older ones; those that are read.
std::vector<llvm::StringRef> sectionNames();
/// Of these the older ones: "training", "optimizer" ..., all of them parts of [train] today.
std::vector<llvm::StringRef> olderSectionNames();

/// A key that only the layer list or the INI form has, and that no key of today stands for as it is.
struct OlderKey {
  llvm::StringLiteral section; ///< "model", "data", "training"
  llvm::StringLiteral name;
  llvm::StringLiteral meaning; ///< what is written today
  bool restOfLine = false;     ///< the value is the name of a file, without quotes up to the end of the line
};
llvm::ArrayRef<OlderKey> olderKeys();
/// Whether `name` is such a key of `section`; case does not matter.
bool isOlderKey(llvm::StringRef section, llvm::StringRef name);

/// "%", "epochs", "s" ...
std::vector<llvm::StringRef> unitNames();

} // namespace dlc::dsl
