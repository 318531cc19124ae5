// The thread that speaks HTTP: it accepts, and hands questions to the workers, whose answers come back as tasks of its
// own. What is answered to what is in site.cpp, and how a connection reads and writes in connection.cpp.
#include "dlc/serve/server.h"

#include "access_log.h"
#include "connection.h"

#include "dlc/serve/host_names.h"
#include "dlc/serve/site.h"
#include "dlc/support/machine.h"

#include "llvm/ADT/STLExtras.h"

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
      : options(std::move(given)), site(options.ui, metrics),
        batcher({.threads = options.threads, .maxDelay = options.maxDelay, .limit = options.queue}, metrics) {
    using Hosts = HttpRules::Hosts;
    rules.hosts = !options.tokens.empty()           ? Hosts::Any
                  : isLoopbackAddress(options.host) ? Hosts::Loopback
                                                    : Hosts::Machine;
    rules.names = namesOfMachine();
    rules.tokens = options.tokens;
    timeout = options.timeout;
    idle = options.idle;
    take(Served(std::move(served), options.ui));
  }
  ~Impl() override { end(); }

  absl::Status start();
  tcp::endpoint endpoint() const { return listening; }
  bool drain(double seconds);
  void replace(Models others);
  void admit(Tokens tokens);

  void handle(const std::shared_ptr<Connection> &connection, Request request) override;
  void answered(const Connection &connection, double write) override;
  void closed(Connection &connection) override;

private:
  void accept();
  void welcome(tcp::socket socket, const tcp::endpoint &from);
  void sweep();
  void end();
  void take(Served others);

  const ServerOptions options;
  Metrics metrics;
  Site site; ///< used by the thread of connections, once it runs
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

absl::Status checkAddress(const ServerOptions &options) {
  error_code ec;
  asio::ip::make_address(options.host, ec);
  if (ec)
    return absl::InvalidArgumentError("'" + options.host + "' is not an address");
  if (isLoopbackAddress(options.host) || options.insecure || !options.tokens.empty())
    return absl::OkStatus();
  return absl::InvalidArgumentError("'" + options.host + "' serves other machines, without any check of who asks");
}

bool isLoopbackAddress(const std::string &host) {
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

absl::Status Server::Impl::start() {
  error_code ec;
  if (absl::Status allowed = checkAddress(options); !allowed.ok())
    return allowed;
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

void Server::Impl::handle(const std::shared_ptr<Connection> &connection, Request request) {
  Decision decision = site.decide(std::move(request));
  connection->record.label = decision.label;
  connection->record.model = decision.model;
  if (auto *reply = std::get_if<Reply>(&decision.next))
    return connection->reply(std::move(*reply));
  Job &job = std::get<Job>(decision.next);
  job.done = [this, connection](Outcome outcome) {
    asio::post(context, [connection, outcome = std::move(outcome)]() mutable {
      Reply reply = replyOf(outcome);
      connection->record.outcome = std::move(outcome);
      connection->reply(std::move(reply));
    });
  };
  const bool takesLong = job.wish == Job::Wish::Text;
  const auto unwanted = takesLong ? std::make_shared<std::atomic<bool>>(false) : nullptr;
  job.unwanted = unwanted;
  if (!batcher.offer(job))
    return connection->reply(busyReply("too many requests wait"));
  if (unwanted)
    connection->watch(unwanted);
}

void Server::Impl::take(Served others) {
  rules.body = 0;
  for (const auto &model : others.models) {
    rules.body = std::max(rules.body, model->mostBytes());
    metrics.loads += !llvm::is_contained(site.models(), model);
  }
  site.serve(std::move(others));
}

void Server::Impl::replace(Models others) {
  // What is told of the models is made here, and not by the thread that everybody waits for.
  asio::post(context, [this, others = Served(std::move(others), options.ui)]() mutable { take(std::move(others)); });
}

void Server::Impl::admit(Tokens tokens) {
  asio::post(context, [this, tokens = std::move(tokens)]() mutable { rules.tokens = std::move(tokens); });
}

bool Server::Impl::drain(double seconds) {
  asio::post(context, [this] {
    draining = true;
    site.stop();
    error_code ignored;
    acceptor.close(ignored);
    for (const auto &connection : std::vector(connections.begin(), connections.end()))
      connection->closeIfIdle();
  });
  const Clock::time_point begun = Clock::now();
  // Who waits for a long text is to hear in time that it ends.
  batcher.hurry(begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds / 2)));
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

void Server::admit(Tokens tokens) { impl->admit(std::move(tokens)); }

bool Server::drain(double seconds) { return impl->drain(seconds); }

} // namespace dlc::serve
