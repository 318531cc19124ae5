// Site: what is answered to which request: at once, or by a worker. It knows routes and models, but no sockets and no
// threads: one thread uses it at a time.
#pragma once

#include "dlc/serve/batcher.h"
#include "dlc/serve/http.h"
#include "dlc/serve/prometheus.h"
#include "dlc/serve/routes.h"
#include "dlc/serve/server.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dlc::serve {

/// Models, and of each what GET /model/{m} says, which is made once.
struct Served {
  Served() = default;
  Served(Models all, Ui ui);

  Models models;
  std::vector<std::string> abouts;
};

/// What becomes of a request.
struct Decision {
  std::variant<Reply, Job> next;                ///< a job has no `done` yet
  llvm::StringRef label = "";                   ///< of the route; "" where the path is none
  std::shared_ptr<const Model> model = nullptr; ///< that is asked, where it comes to that
};

class Site {
public:
  Site(Ui ui, const Metrics &metrics) : ui(ui), metrics(metrics) {}
  /// From now on requests are for these models, of which there is at least one.
  void serve(Served others) { served = std::move(others); }
  const Models &models() const { return served.models; }
  /// From now on it says that it is not ready, and takes no jobs.
  void stop() { stopping = true; }

  Decision decide(Request request) const;

private:
  Reply describe(const Route &route) const;
  Decision ask(const Route &route, Request request) const;
  std::string modelNames() const;
  /// The place of the model that a path names, or of the only one where it names none; nothing, with the reason.
  std::optional<size_t> placeOf(const Route &route, Refusal &refusal) const;

  Served served;
  const Ui ui;
  const Metrics &metrics;
  bool stopping = false;
};

/// What a worker has made of a job, as a reply. The body is moved out.
Reply replyOf(Outcome &outcome);
/// 503, to be asked again in a second.
Reply busyReply(const std::string &why);

} // namespace dlc::serve
