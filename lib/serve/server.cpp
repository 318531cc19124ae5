// The thread that speaks HTTP: it accepts, answers health, metrics and descriptions itself, and hands questions to the
// workers, whose answers come back as tasks of its own. How a connection reads and writes is in connection.cpp.
#include "dlc/serve/server.h"

#include "about.h"
#include "access_log.h"
#include "connection.h"
#include "page.h"

#include "dlc/serve/answers.h"
#include "dlc/support/machine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <map>
#include <unordered_set>

namespace dlc::serve {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class Server::Impl : public Handler {
public:
  Impl(Models served, ServerOptions given)
      : options(std::move(given)),
        batcher({.threads = options.threads, .maxDelay = options.maxDelay, .limit = options.queue}, metrics) {
    timeout = options.timeout;
    idle = options.idle;
    take(std::move(served));
  }
  ~Impl() override { end(); }

  absl::Status start();
  tcp::endpoint endpoint() const { return listening; }
  bool drain(double seconds);
  void replace(Models others);

  void handle(const std::shared_ptr<Connection> &connection, Request request) override;
  void answered(const Connection &connection, double write) override;
  void closed(Connection &connection) override;

private:
  void accept();
  void welcome(tcp::socket socket, const tcp::endpoint &from);
  void sweep();
  void end();
  void take(Models others);
  void describe(Connection &connection, const Route &route);
  void about(Connection &connection, const Route &route);
  void ask(const std::shared_ptr<Connection> &connection, const Route &route, Request request);
  std::optional<BodyForm> formOf(const Route &route, const Request &request) const;
  std::string modelNames() const;
  std::shared_ptr<const Model> modelOf(const Route &route, Refusal &refusal) const;

  Models models; ///< used by the thread of connections, once it runs
  const ServerOptions options;
  Metrics metrics;
  // Connections have sockets of the context, so it is destroyed after them.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> running = asio::make_work_guard(context);
  tcp::acceptor acceptor{context};
  asio::steady_timer sweeper{context}, pause{context};
  tcp::endpoint listening;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  std::map<std::string, size_t> perAddress;
  uint64_t accepted = 0;
  std::atomic<size_t> open{0};
  std::thread thread;
  Batcher batcher;
};

bool isLoopbackAddress(const std::string &host) {
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

absl::Status Server::Impl::start() {
  error_code ec;
  if (!isLoopbackAddress(options.host))
    return absl::InvalidArgumentError("'" + options.host + "' is not an address of this machine alone");
  const tcp::endpoint wanted(asio::ip::make_address(options.host, ec), options.port);
  auto failed = [&](const char *what) {
    return absl::UnavailableError(options.host + ":" + std::to_string(options.port) + ": " + what + ec.message());
  };
  if (acceptor.open(wanted.protocol(), ec))
    return failed("");
  acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (acceptor.bind(wanted, ec))
    return failed("");
  if (acceptor.listen(asio::socket_base::max_listen_connections, ec))
    return failed("");
  listening = acceptor.local_endpoint(ec);
  if (absl::Status started = batcher.start(); !started.ok())
    return started;
  accept();
  sweep();
  if (std::error_code refused = startThread(thread, [this] { context.run(); }))
    return absl::ResourceExhaustedError("no thread for connections: " + refused.message());
  return absl::OkStatus();
}

void Server::Impl::accept() {
  acceptor.async_accept([this](error_code ec, tcp::socket socket) {
    if (!acceptor.is_open())
      return;
    if (!ec) {
      error_code gone;
      const tcp::endpoint from = socket.remote_endpoint(gone);
      if (!gone)
        welcome(std::move(socket), from);
      return accept();
    }
    // No descriptor is left, perhaps: others will be closed.
    constexpr auto kPause = std::chrono::milliseconds(50);
    pause.expires_after(kPause);
    pause.async_wait([this](error_code stopped) {
      if (!stopped && acceptor.is_open())
        accept();
    });
  });
}

void Server::Impl::welcome(tcp::socket socket, const tcp::endpoint &from) {
  const std::string address = from.address().to_string();
  auto connection = std::make_shared<Connection>(std::move(socket), *this, address, ++accepted);
  connections.insert(connection);
  open = connections.size();
  metrics.connections.store(connections.size(), std::memory_order_relaxed);
  const size_t own = ++perAddress[address];
  const size_t share = std::max<size_t>(1, options.connections - options.connections / 4);
  if (connections.size() > options.connections || own > share)
    return connection->turnAway({503, "too many connections"});
  connection->start();
}

void Server::Impl::closed(Connection &connection) {
  if (auto found = perAddress.find(connection.address()); found != perAddress.end() && --found->second == 0)
    perAddress.erase(found);
  connections.erase(connection.shared_from_this());
  open = connections.size();
  metrics.connections.store(connections.size(), std::memory_order_relaxed);
}

void Server::Impl::answered(const Connection &connection, double write) {
  metrics.answered(connection.record.status);
  metrics.write.add(write);
  if (options.log)
    logRequest(*options.log, connection, write);
}

/// Looks at the deadlines of all connections, a few times a second.
void Server::Impl::sweep() {
  constexpr auto kEvery = std::chrono::milliseconds(100);
  sweeper.expires_after(kEvery);
  sweeper.async_wait([this](error_code stopped) {
    if (stopped)
      return;
    const Clock::time_point now = Clock::now();
    for (const auto &connection : std::vector(connections.begin(), connections.end()))
      connection->check(now);
    sweep();
  });
}

std::string Server::Impl::modelNames() const {
  std::vector<std::string> names;
  for (const auto &model : models)
    names.push_back(model->name());
  return llvm::join(names, ", ");
}

void Server::Impl::handle(const std::shared_ptr<Connection> &connection, Request request) {
  const Route route = findRoute(request.path);
  connection->record.label = route.label;
  if (route.kind == Route::Kind::None || (route.kind == Route::Kind::Page && options.ui == Ui::None))
    return connection->reply(refusalReply({404, "no such path; docs/serving.md lists them"}));
  using Method = Request::Method;
  const bool fits =
      route.posts() ? request.method == Method::Post : request.method == Method::Get || request.method == Method::Head;
  if (!fits) {
    Reply reply = refusalReply({405, route.posts() ? "expected POST" : "expected GET"});
    reply.fields = route.posts() ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n";
    return connection->reply(std::move(reply));
  }
  if (route.posts())
    return ask(connection, route, std::move(request));
  describe(*connection, route);
}

/// The model that a path names, or the only one where it names none; null with the reason.
std::shared_ptr<const Model> Server::Impl::modelOf(const Route &route, Refusal &refusal) const {
  if (route.model.empty() && models.size() > 1) {
    refusal = {400, "which model? " + route.label.str() + "/NAME with one of: " + modelNames()};
    return nullptr;
  }
  std::shared_ptr<const Model> model = route.model.empty() ? models.front() : findModel(models, route.model);
  if (!model)
    refusal = {404, "no such model; served: " + modelNames()};
  return model;
}

void Server::Impl::about(Connection &connection, const Route &route) {
  Refusal refusal;
  if (const auto model = modelOf(route, refusal))
    return connection.reply({200, aboutModel(*model, options.ui)});
  connection.reply(refusalReply(refusal));
}

void Server::Impl::describe(Connection &connection, const Route &route) {
  using Kind = Route::Kind;
  const std::shared_ptr<const Model> model = findModel(models, route.model);
  const auto ready = [&](const char *key) {
    return Reply{draining ? 503u : 200u, std::string("{\"") + key + (draining ? "\":false}\n" : "\":true}\n")};
  };
  if ((route.kind == Kind::Model || route.kind == Kind::ModelReady) && !model)
    return connection.reply(refusalReply({404, "no such model; served: " + modelNames()}));
  switch (route.kind) {
  case Kind::Health:
    return connection.reply({200, "ok\n", "text/plain; charset=utf-8"});
  case Kind::Metrics:
    return connection.reply({200, metrics.text(), "text/plain; version=0.0.4; charset=utf-8"});
  case Kind::Server:
    return connection.reply({200, serverDescription()});
  case Kind::Live:
    return connection.reply({200, "{\"live\":true}\n"});
  case Kind::Ready:
    return connection.reply(ready("ready"));
  case Kind::ModelReady:
    return connection.reply(ready("ready"));
  case Kind::Model:
    return connection.reply({200, modelDescription(*model)});
  case Kind::About:
    return about(connection, route);
  case Kind::Page:
    return connection.reply(pageReply());
  case Kind::Models:
    return connection.reply({200, listOfModels(models)});
  default:
    return connection.reply(refusalReply({500, "a route without an answer"}));
  }
}

/// Nothing where the type of the body is none of those that the route takes.
std::optional<BodyForm> Server::Impl::formOf(const Route &route, const Request &request) const {
  const llvm::StringRef type = request.contentType;
  // What curl says without -H; what is sent so is told apart by nothing else.
  const bool unsaid = type.empty() || type == "application/x-www-form-urlencoded";
  if (unsaid || type == "application/json")
    return route.kind == Route::Kind::Infer ? BodyForm::Tensors : BodyForm::Json;
  if (route.kind == Route::Kind::Infer)
    return std::nullopt;
  if (type == "text/csv")
    return BodyForm::Csv;
  if (type == "application/octet-stream")
    return BodyForm::Bytes;
  if (type.starts_with("image/"))
    return BodyForm::Picture;
  return std::nullopt;
}

void Server::Impl::ask(const std::shared_ptr<Connection> &connection, const Route &route, Request request) {
  auto refuse = [&](unsigned status, const std::string &text, const char *fields = "") {
    Reply reply = refusalReply({status, text});
    reply.fields = fields;
    connection->reply(std::move(reply));
  };
  Refusal refusal;
  const std::shared_ptr<const Model> model = modelOf(route, refusal);
  if (!model)
    return connection->reply(refusalReply(refusal));
  connection->record.model = model;
  const std::optional<BodyForm> form = formOf(route, request);
  if (!form)
    return refuse(415, route.kind == Route::Kind::Infer
                           ? "Content-Type: expected application/json"
                           : "Content-Type: expected application/json, text/csv, image/png, image/jpeg, image/bmp "
                             "or application/octet-stream");
  if (request.body.size() > model->mostBytes())
    return refuse(413, "a body for this model may have " + std::to_string(model->mostBytes()) + " bytes at most");
  Job job{model, *form, std::move(request.body),
          [this, connection](Outcome outcome) {
            asio::post(context, [connection, outcome = std::move(outcome)]() mutable {
              Reply reply{outcome.status, std::move(outcome.body)};
              connection->record.outcome = std::move(outcome);
              connection->reply(std::move(reply));
            });
          },
          route.kind == Route::Kind::Prepare};
  if (draining || !batcher.offer(job))
    refuse(503, draining ? "the server is stopping" : "too many requests wait", "Retry-After: 1\r\n");
}

void Server::Impl::take(Models others) {
  models = std::move(others);
  limits.body = 0;
  for (const auto &model : models)
    limits.body = std::max(limits.body, model->mostBytes());
  metrics.loads += models.size();
}

void Server::Impl::replace(Models others) {
  asio::post(context, [this, others = std::move(others)]() mutable { take(std::move(others)); });
}

bool Server::Impl::drain(double seconds) {
  asio::post(context, [this] {
    draining = true;
    error_code ignored;
    acceptor.close(ignored);
    for (const auto &connection : std::vector(connections.begin(), connections.end()))
      connection->closeIfIdle();
  });
  const Clock::time_point begun = Clock::now();
  // A moment for the task above to run; connections that end later say so by `open`.
  constexpr auto kLook = std::chrono::milliseconds(5);
  do
    std::this_thread::sleep_for(kLook);
  while (open > 0 && secondsSince(begun) < seconds);
  const bool all = open == 0;
  end();
  return all;
}

void Server::Impl::end() {
  context.stop();
  if (thread.joinable())
    thread.join();
  batcher.stop(Batcher::Rest::Drop); // what was to be answered is answered already
}

Server::Server(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Server::~Server() = default;

absl::StatusOr<std::unique_ptr<Server>> Server::start(Models models, ServerOptions options) {
  auto impl = std::make_unique<Impl>(std::move(models), std::move(options));
  if (absl::Status started = impl->start(); !started.ok())
    return started;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const { return impl->endpoint().port(); }

std::string Server::address() const {
  const auto address = impl->endpoint().address();
  const std::string text = address.to_string();
  return "http://" + (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(port());
}

void Server::replace(Models models) { impl->replace(std::move(models)); }

bool Server::drain(double seconds) { return impl->drain(seconds); }

} // namespace dlc::serve
