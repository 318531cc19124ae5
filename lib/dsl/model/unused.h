// W501 for constants.
// It reads the tree alone: what a name means does not matter, only that it stands somewhere.
#pragma once

#include "dlc/dsl/syntax/ast.h"
#include "dlc/support/diags.h"

namespace dlc::dsl {

/// Warns of constants of `file` itself, not of what it includes, whose names are written nowhere else.
void warnUnusedConstants(const File &file, Diags &diags);

} // namespace dlc::dsl
