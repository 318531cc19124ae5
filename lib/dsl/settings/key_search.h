// Which row of the key table a name means in a section.
// It knows what may be written and what was probably meant; it reads no value.
#pragma once

#include "keys.h"
#include "names/sections.h"

namespace dlc::dsl {

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
