// Description: what a net is and what it costs: layers, parameters, multiply-adds, memory. What `dlc show --json` says,
// and the server of models.
#pragma once

#include "dlc/session/layer_table.h"
#include "dlc/session/net.h"

#include "llvm/Support/JSON.h"

namespace dlc::session {

struct Description {
  std::string summary; ///< "784-32-10"
  std::vector<LayerRow> layers;
  int64_t parameters = 0, operations = 0; ///< of all layers; operations are multiply-adds of one sample
  Cost infer, training;                   ///< of a batch of one; of a batch as the source says
};

/// Builds and plans the net for inference and training. Failures as of Net::build() and Net::cost().
Result<Description> describe(Net &net);

/// The members of the object that `dlc show --json` prints; `json` is in an object. `file` is what it calls the net.
void describeAsJson(llvm::json::OStream &json, llvm::StringRef file, const Description &description);

} // namespace dlc::session
