// From plans to sums, and both as JSON.
// How a layer becomes a row is in layer_table.cpp.
#include "dlc/session/description.h"

namespace dlc::session {

Result<Description> describe(Net &net) {
  Description description;
  DLC_TRY(const dsl::Net built, net.build(dsl::Mode::Infer, 1));
  description.summary = built.summary;
  description.layers = layerTable(built);
  for (const LayerRow &row : description.layers)
    description.parameters += row.parameters, description.operations += row.multiplyAdds;
  DLC_TRY(description.infer, net.cost(dsl::Mode::Infer, 1));
  DLC_TRY(description.training, net.cost(dsl::Mode::Train, net.unit().settings.train.batchSize));
  return description;
}

void describeAsJson(llvm::json::OStream &json, llvm::StringRef file, const Description &description) {
  json.attribute("v", 1);
  json.attribute("event", "show");
  json.attribute("file", llvm::json::fixUTF8(file));
  json.attribute("net", description.summary);
  json.attribute("params", description.parameters);
  json.attribute("multiply_adds", description.operations);
  json.attributeObject("memory", [&] {
    json.attribute("weights", description.infer.weights);
    json.attribute("infer_peak", description.infer.total());
    json.attribute("train_peak", description.training.total());
  });
  json.attributeArray("layers", [&] {
    for (const LayerRow &row : description.layers)
      json.object([&] {
        json.attribute("name", row.name);
        json.attribute("layer", row.layer);
        json.attribute("shape", row.shape);
        json.attribute("params", row.parameters);
        json.attribute("multiply_adds", row.multiplyAdds);
      });
  });
}

} // namespace dlc::session
