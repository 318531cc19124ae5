// The layers of a built net as rows: name, shape, parameters, multiply-adds. What `dlc show` prints and draws.
// Nothing is compiled here; memory is asked of the plans.
#pragma once

#include "dlc/dsl/model/build.h"

#include <string>
#include <vector>

namespace dlc::tool {

struct LayerRow {
  std::string name;  ///< scope of its weights ("basic2.conv1"), the name it is bound to, or ""
  std::string layer; ///< "Conv2d", or the op: "add"; "" for inputs
  std::string shape; ///< of one sample
  int64_t parameters = 0, multiplyAdds = 0;
  std::vector<size_t> from; ///< the rows whose values it reads
};

/// One row for each layer, each copy of a repeated one included, in the order of the graph. `net` was built for
/// inference with a batch of one.
std::vector<LayerRow> layerTable(const dsl::Net &net, const Registry &registry);

/// The net in Graphviz's DOT language: a box for each row, an arrow for each value.
std::string dotText(llvm::ArrayRef<LayerRow> rows, llvm::StringRef title);

} // namespace dlc::tool
