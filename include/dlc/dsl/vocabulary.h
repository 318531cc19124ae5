// The words of the language that are neither layers (the registry has those) nor keys (allKeys), as lists, for
// formatting, documentation, editors and completion. Each is read from the table that the compiler itself uses.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace dlc::dsl {

/// A data source, data step, augmentation, schedule step or metric.
struct StepInfo {
  llvm::StringRef kind;                   ///< "data source", "data step", "augmentation", "schedule step", "metric"
  llvm::StringRef name;                   ///< "Csv"
  std::vector<llvm::StringRef> arguments; ///< their names, in order
  std::string usage;                      ///< "Csv(file, labels=...)"
  llvm::StringRef doc;                    ///< one sentence
};
llvm::ArrayRef<StepInfo> allSteps();

/// "He", "Uniform" ... in the order of the table.
llvm::ArrayRef<llvm::StringLiteral> initialiserNames();
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
