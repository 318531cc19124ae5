// Text to syntax tree: the only way in. It reports E1xx diagnostics and knows no layer, key or section by name.
#pragma once

#include "dlc/dsl/syntax/ast.h"
#include "dlc/support/diags.h"
#include <vector>

namespace dlc::dsl {

/// Parses `text`, a buffer held by diags.sources(). Every independent syntax error is reported; what could be
/// understood is returned, so check diags.hadError(). Never throws; time and memory are linear in the text.
File parse(llvm::StringRef text, Diags &diags);

/// Parses the right side of a `--set KEY=VALUE` argument, a stretch of a buffer held by diags.sources(), with the same
/// grammar. Empty after an error.
std::vector<Arg> parseValue(llvm::StringRef text, Diags &diags);

} // namespace dlc::dsl
