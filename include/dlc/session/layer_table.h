// The layers of a built net as rows: name, shape, parameters, multiply-adds. What `dlc show` prints and draws.
// Nothing is compiled here; for memory, ask the plans.
#pragma once

#include "dlc/dsl/model/build.h"

#include <string>
#include <vector>

namespace dlc::session {

struct LayerRow {
  std::string name;  ///< scope of its weights ("basic2.conv1"), the name it is bound to, or ""
  std::string layer; ///< "Conv2d", or the op: "add"; "" for inputs
  std::string shape; ///< of one sample
  int64_t parameters = 0, multiplyAdds = 0;
  bool sequences = false;   ///< it takes nothing but sequences
  std::vector<size_t> from; ///< the rows whose values it reads
};

/// One row per layer, including each copy of a repeated one, in graph order. `net` must be built for inference with a
/// batch of one.
std::vector<LayerRow> layerTable(const dsl::Net &net);

} // namespace dlc::session
