// What other tools call the things of the language, and "did you mean" over those names and our own.
// Nothing here is accepted in a file: the names only serve help.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace dlc::dsl {

enum class NameKind : uint8_t {
  Layer,
  Argument, ///< of a layer
  Key,      ///< of a section
  Word      ///< a value: a loss, an optimizer, a metric, a data step ..., or a word of a key
};

struct ForeignNames {
  NameKind kind;
  /// Our names, "out|size", of which the first that is known where it is needed is meant; what is written here as it
  /// stands, where it is no name ("a + b", "-> Upsample(2)"); or "": there is no such thing, and nothing similar is
  /// meant.
  llvm::StringLiteral ours;
  llvm::StringLiteral theirs; ///< "Dense fc"; case and underscores do not count

  bool isName() const; ///< or several; not what is written instead
  llvm::SmallVector<llvm::StringRef> oursEach() const;
  llvm::SmallVector<llvm::StringRef> theirsEach() const;
};
llvm::ArrayRef<ForeignNames> foreignNames();

/// "did you mean Linear?" or "write a + b" for a name that is not among `known`, the names that may stand there. What
/// stands before its last dot does not count: `nn.ReLU`. Empty where nothing is similar.
std::string adviceOnName(NameKind kind, llvm::StringRef written, llvm::ArrayRef<llvm::StringRef> known);

/// Whether `written` is what others call `ours`, in exactly this spelling.
bool meansName(NameKind kind, llvm::StringRef written, llvm::StringRef ours);

} // namespace dlc::dsl
