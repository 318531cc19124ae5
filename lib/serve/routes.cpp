// Paths are compared as they were sent: names of models need no escapes, so %41 is no A.
// No path leads to a file.
#include "dlc/serve/routes.h"

namespace dlc::serve {

Route findRoute(llvm::StringRef path) {
  using Kind = Route::Kind;
  if (path == "/healthz")
    return {Kind::Health, "", "/healthz"};
  if (path == "/metrics")
    return {Kind::Metrics, "", "/metrics"};
  struct OfModel {
    Kind kind;
    llvm::StringLiteral alone, named;
  };
  static constexpr OfModel kOfModel[] = {{Kind::Predict, "/predict", "/predict/{model}"},
                                         {Kind::Prepare, "/prepare", "/prepare/{model}"},
                                         {Kind::Generate, "/generate", "/generate/{model}"},
                                         {Kind::About, "/model", "/model/{model}"}};
  for (const OfModel &route : kOfModel) {
    if (path == route.alone)
      return {route.kind, "", route.alone};
    llvm::StringRef name = path;
    if (name.consume_front(route.alone) && name.consume_front("/"))
      return name.empty() || name.contains('/') ? Route() : Route{route.kind, name, route.named};
  }
  if (path == "/")
    return {Kind::Page, "", "/"};
  if (path == "/models")
    return {Kind::Models, "", "/models"};
  if (path == "/v2" || path == "/v2/")
    return {Kind::Server, "", "/v2"};
  if (path == "/v2/health/live")
    return {Kind::Live, "", "/v2/health/live"};
  if (path == "/v2/health/ready")
    return {Kind::Ready, "", "/v2/health/ready"};
  if (!path.consume_front("/v2/models/"))
    return {};
  const auto [model, rest] = path.split('/');
  llvm::StringRef what = rest;
  if (what.consume_front("versions/1") && !what.empty() && !what.consume_front("/"))
    return {};
  if (model.empty() || path.ends_with("/"))
    return {};
  if (what.empty())
    return {Kind::Model, model, "/v2/models/{model}"};
  if (what == "ready")
    return {Kind::ModelReady, model, "/v2/models/{model}/ready"};
  if (what == "infer")
    return {Kind::Infer, model, "/v2/models/{model}/infer"};
  return {};
}

} // namespace dlc::serve
