// The sections of a file in all their spellings.
// Which keys may stand in them is the key table's to say (settings/key_search.h).
#pragma once

#include "llvm/ADT/StringRef.h"

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

} // namespace dlc::dsl
