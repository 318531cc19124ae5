// The sections of a file in all their spellings, and which row of the key table a name means in one of them.
// It knows what may be written and what was probably meant; it reads no value.
#pragma once

#include "keys.h"

namespace dlc::dsl {

/// A section as it is spelt; [training] is a kind of its own beside [train].
struct SectionKind {
  llvm::StringLiteral name;
  llvm::StringLiteral home; ///< section of the key table; "" where bodies are read elsewhere
  /// An older spelling of its home: read, but `dlc fmt` writes another one.
  bool older = false;
  /// A part of its home: takes only the keys that have an alias there.
  bool partial = false;
};

/// Null where there is none of this name; case does not matter.
const SectionKind *findSection(llvm::StringRef name);
/// The row that `written` ("lr", "loss.mask") means in a section as it is spelt, or null. [train] also takes the keys
/// of [data], as the layer-list form has only [train].
const Key *findKey(const SectionKind &section, llvm::StringRef written);
/// Older spellings of a key, "section.name" each.
llvm::SmallVector<llvm::StringRef, 4> aliasesOf(const Key &key);
/// What to say to somebody who wrote an unknown key in `section`: where it belongs, or what is spelt nearly so. Empty
/// where nothing is.
std::string adviceOnKey(const SectionKind &section, llvm::StringRef written);
/// The same to somebody who wrote it as a name in [model]: only exact names count, as any other may be bound there.
std::string adviceInModel(llvm::StringRef written);

} // namespace dlc::dsl
