// Health, metrics and descriptions are answered here. Questions are looked at as far as their header goes; the workers
// read their bodies.
#include "dlc/serve/site.h"

#include "about.h"
#include "page.h"

#include "dlc/serve/answers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::serve {
namespace {

Reply refuse(unsigned status, std::string text) { return refusalReply({status, std::move(text)}); }

/// Nothing where the type of the body is none of those that the route takes.
std::optional<BodyForm> formOf(const Route &route, const Request &request) {
  const llvm::StringRef type = request.contentType;
  // What curl says without -H; what is sent so is told apart by nothing else.
  const bool unsaid = type.empty() || type == "application/x-www-form-urlencoded";
  if (unsaid || type == "application/json")
    return route.kind == Route::Kind::Infer ? BodyForm::Tensors : BodyForm::Json;
  if (route.kind == Route::Kind::Infer)
    return request.jsonBytes && type == "application/octet-stream" ? std::optional(BodyForm::Tensors) : std::nullopt;
  if (route.kind == Route::Kind::Generate)
    return std::nullopt;
  if (type == "text/csv")
    return BodyForm::Csv;
  if (type == "application/octet-stream")
    return BodyForm::Bytes;
  if (type.starts_with("image/"))
    return BodyForm::Picture;
  return std::nullopt;
}

const char *typesOf(const Route &route) {
  switch (route.kind) {
  case Route::Kind::Infer:
    return "Content-Type: expected application/json, or application/octet-stream with Inference-Header-Content-Length";
  case Route::Kind::Generate:
    return "Content-Type: expected application/json";
  default:
    return "Content-Type: expected application/json, text/csv, image/png, image/jpeg, image/bmp or "
           "application/octet-stream";
  }
}

Job::Wish wishOf(const Route &route) {
  switch (route.kind) {
  case Route::Kind::Prepare:
    return Job::Wish::Prepare;
  case Route::Kind::Generate:
    return Job::Wish::Text;
  default:
    return Job::Wish::Predict;
  }
}

} // namespace

Served::Served(Models all, Ui ui) : models(std::move(all)) {
  for (const auto &model : models)
    abouts.push_back(aboutModel(*model, ui));
}

Reply busyReply(const std::string &why) {
  Reply reply = refuse(503, why);
  reply.fields = "Retry-After: 1\r\n";
  return reply;
}

std::string Site::modelNames() const {
  std::vector<std::string> names;
  for (const auto &model : served.models)
    names.push_back(model->name());
  return llvm::join(names, ", ");
}

std::optional<size_t> Site::placeOf(const Route &route, Refusal &refusal) const {
  if (route.model.empty() && served.models.size() > 1) {
    refusal = {400, "which model? " + route.label.str() + "/NAME with one of: " + modelNames()};
    return std::nullopt;
  }
  const auto found = llvm::find_if(
      served.models, [&](const auto &model) { return route.model.empty() || model->name() == route.model; });
  if (found != served.models.end())
    return static_cast<size_t>(found - served.models.begin());
  refusal = {404, "no such model; served: " + modelNames()};
  return std::nullopt;
}

Decision Site::decide(Request request) const {
  const Route route = findRoute(request.path);
  if (route.kind == Route::Kind::None || (route.kind == Route::Kind::Page && ui == Ui::None))
    return {refuse(404, "no such path; docs/serving.md lists them"), route.label};
  using Method = Request::Method;
  const bool fits =
      route.posts() ? request.method == Method::Post : request.method == Method::Get || request.method == Method::Head;
  if (!fits) {
    Reply reply = refuse(405, route.posts() ? "expected POST" : "expected GET");
    reply.fields = route.posts() ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n";
    return {std::move(reply), route.label};
  }
  if (route.posts())
    return ask(route, std::move(request));
  return {describe(route), route.label};
}

Reply Site::describe(const Route &route) const {
  using Kind = Route::Kind;
  const auto ready = [&] {
    return Reply{stopping ? 503u : 200u, std::string("{\"ready\":") + (stopping ? "false}\n" : "true}\n")};
  };
  std::optional<size_t> place;
  if (route.kind == Kind::Model || route.kind == Kind::ModelReady || route.kind == Kind::About) {
    Refusal refusal;
    if (place = placeOf(route, refusal); !place)
      return refusalReply(refusal);
  }
  switch (route.kind) {
  case Kind::Health:
    return {200, "ok\n", "text/plain; charset=utf-8"};
  case Kind::Metrics:
    return {200, metrics.text(), "text/plain; version=0.0.4; charset=utf-8"};
  case Kind::Server:
    return {200, serverDescription()};
  case Kind::Live:
    return {200, "{\"live\":true}\n"};
  case Kind::Ready:
  case Kind::ModelReady:
    return ready();
  case Kind::Model:
    return {200, modelDescription(*served.models[*place])};
  case Kind::About:
    return {200, served.abouts[*place]};
  case Kind::Page:
    return pageReply();
  case Kind::Models:
    return {200, listOfModels(served.models)};
  default:
    return refuse(500, "a route without an answer");
  }
}

Decision Site::ask(const Route &route, Request request) const {
  Refusal refusal;
  const std::optional<size_t> place = placeOf(route, refusal);
  if (!place)
    return {refusalReply(refusal), route.label};
  const std::shared_ptr<const Model> &model = served.models[*place];
  const std::optional<BodyForm> form = formOf(route, request);
  if (!form)
    return {refuse(415, typesOf(route)), route.label, model};
  if (route.kind == Route::Kind::Generate && !model->text())
    return {refuse(400, model->noText()), route.label, model};
  if (request.body.size() > model->mostBytes())
    return {refuse(413, "a body for this model may have " + std::to_string(model->mostBytes()) + " bytes at most"),
            route.label, model};
  if (stopping)
    return {busyReply("the server is stopping"), route.label, model};
  Job job{model, *form, std::move(request.body), *form == BodyForm::Tensors ? request.jsonBytes : std::nullopt};
  job.wish = wishOf(route);
  std::string wrong;
  if (route.kind == Route::Kind::Predict && !readSequence(request.query, job.sequence, wrong))
    return {refuse(400, wrong), route.label, model};
  return {std::move(job), route.label, model};
}

Reply replyOf(Outcome &outcome) {
  Reply reply{outcome.status, std::move(outcome.body)};
  if (outcome.jsonBytes) {
    reply.type = "application/octet-stream";
    reply.fields = "Inference-Header-Content-Length: " + std::to_string(*outcome.jsonBytes) + "\r\n";
  }
  return reply;
}

} // namespace dlc::serve
