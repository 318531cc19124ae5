// Connection: one client's socket, used by the thread that speaks HTTP and by no other. What is asked is decided by the
// handler, which this file does not know. Private to serve.
#pragma once

#include "dlc/serve/batcher.h"
#include "dlc/serve/http.h"
#include "dlc/serve/routes.h"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace dlc::serve {

class Connection;

/// What connections share.
struct Handler {
  virtual ~Handler() = default;
  /// Answers by calling connection.reply(), now or later.
  virtual void handle(const std::shared_ptr<Connection> &connection, Request request) = 0;
  /// One request was answered; `write` is in seconds.
  virtual void answered(const Connection &connection, double write) = 0;
  virtual void closed(Connection &connection) = 0;

  HttpRules rules;
  double timeout = 10, idle = 60;                                 ///< seconds
  bool draining = false;                                          ///< every reply is the last of its connection
  std::vector<char> buffer = std::vector<char>(size_t{64} << 10); ///< what a read puts its bytes into
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
  using Socket = boost::asio::ip::tcp::socket;
  Connection(Socket socket, Handler &handler, std::string address, uint64_t number);

  /// Reads the first request.
  void start();
  void reply(Reply reply);
  /// Answers `refusal` to whatever is sent, and closes.
  void turnAway(const Refusal &refusal);
  /// Until reply(): sets `unwanted` when the other side closes, as far as that can be seen: what was sent behind the
  /// request hides it.
  void watch(std::shared_ptr<std::atomic<bool>> unwanted);
  /// Closes unless a request has begun.
  void closeIfIdle();
  /// Closes, or answers 408, if its time is over.
  void check(Clock::time_point now);
  void close();

  const std::string &address() const { return address_; }

  /// Of the request that is being answered, for the log.
  struct Record {
    Request::Method method = Request::Method::Other;
    llvm::StringRef label;
    std::shared_ptr<const Model> model;
    unsigned status = 0;
    uint64_t in = 0, out = 0;
    Outcome outcome; ///< without its body
    Clock::time_point begun, ready;
  } record;
  uint64_t number() const { return number_; }

private:
  enum class Phase : uint8_t { Idle, Reading, Waiting, Writing, Lingering, Closed };
  void setPhase(Phase phase, double seconds);
  void waitToRead();
  void lookForEnd();
  void read();
  void process();
  void refuse();
  bool writeSome();
  void waitToWrite();
  void written();
  void linger();

  Socket socket;
  Handler &handler;
  const std::string address_;
  const uint64_t number_;
  RequestReader reader;
  Phase phase = Phase::Idle;
  Clock::time_point deadline;
  std::string out;
  size_t sent = 0;
  bool close_ = false; ///< after this reply
  bool http10 = false, head = false;
  bool processing = false; ///< process() is on the stack
  size_t lingered = 0;
  std::shared_ptr<std::atomic<bool>> unwanted_; ///< of watch()
};

} // namespace dlc::serve
