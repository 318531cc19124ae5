// Which names the language has taken for itself, in any case of letters.
// Keys are not among them: they stand where no name of the user's can.
#pragma once

#include "dlc/dsl/names/vocabulary.h"

namespace dlc::dsl {

/// What `name` is built in as: "a layer", "an optimizer", "a data step", "a truth value" ...; "" where it is free for
/// the user. A user's name that were also one of these would mean something else wherever both may stand.
std::string builtInAs(llvm::StringRef name, const Vocabulary &vocabulary);

} // namespace dlc::dsl
