// How Diags prints one diagnostic; what is printed and in which order is decided there.
// Nothing else may use it.
#pragma once

#include "dlc/support/diags.h"

namespace dlc {

/// With the line, the caret, notes and helps; no blank line around it.
void printText(llvm::raw_ostream &os, const Diagnostic &d, const Sources &sources, bool color);
/// One line: the `diagnostic` event.
void printJson(llvm::raw_ostream &os, const Diagnostic &d, const Sources &sources);

} // namespace dlc
