// The net in Graphviz's DOT language.
// Which rows there are is said in session/layer_table.h.
#pragma once

#include "dlc/session/layer_table.h"

namespace dlc::tool {

/// A box for each row, an arrow for each value.
std::string dotText(llvm::ArrayRef<session::LayerRow> rows, llvm::StringRef title);

} // namespace dlc::tool
