// Reads go into one buffer that all connections share, so that a silent one costs no memory for them; writes are tried
// at once and waited for only where the system takes no more. Deadlines are looked at by a sweep, not by timers of
// their own.
#include "connection.h"

#include <boost/asio/buffer.hpp>
#include <netinet/tcp.h>

namespace dlc::serve {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How long, and for how many bytes, a refused client is listened to: its kernel would throw our answer away otherwise.
constexpr double kLingerSeconds = 1;
constexpr size_t kLingerBytes = size_t{4} << 20;
/// Bytes of answers that the system keeps for a client, beyond what is on its way. Without that it takes megabytes for
/// one that does not read, and whoever speaks HTTP copies them while others wait.
constexpr int kMostUnsent = 128 << 10;

} // namespace

Connection::Connection(Socket taken, Handler &handler, std::string address, uint64_t number)
    : socket(std::move(taken)), handler(handler), address_(std::move(address)), number_(number), reader(handler.rules) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent, sizeof(kMostUnsent));
}

void Connection::setPhase(Phase next, double seconds) {
  phase = next;
  deadline = seconds > 0
                 ? Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))
                 : Clock::time_point::max();
}

void Connection::start() {
  setPhase(Phase::Idle, handler.idle);
  waitToRead();
}

void Connection::close() {
  if (phase == Phase::Closed)
    return;
  setPhase(Phase::Closed, 0);
  if (unwanted_)
    *unwanted_ = true;
  error_code ignored;
  socket.close(ignored);
  handler.closed(*this);
}

void Connection::closeIfIdle() {
  if (phase == Phase::Idle)
    close();
}

void Connection::check(Clock::time_point now) {
  if (now < deadline)
    return;
  if (phase != Phase::Reading)
    return close();
  record.begun = record.begun == Clock::time_point() ? now : record.begun;
  record.label = "";
  close_ = true;
  reply(refusalReply({408, "the request did not arrive in time"}));
}

void Connection::waitToRead() {
  socket.async_wait(Socket::wait_read, [self = shared_from_this()](error_code ec) {
    if (self->phase == Phase::Closed)
      return;
    if (ec)
      return self->close();
    if (self->phase == Phase::Lingering)
      self->linger();
    else
      self->read();
  });
}

void Connection::watch(std::shared_ptr<std::atomic<bool>> unwanted) {
  if (phase != Phase::Waiting)
    return;
  unwanted_ = std::move(unwanted);
  socket.async_wait(Socket::wait_read, [self = shared_from_this()](error_code ec) {
    if (self->phase == Phase::Waiting && self->unwanted_)
      ec ? self->close() : self->lookForEnd();
  });
}

/// There is something to read, or nothing any more.
void Connection::lookForEnd() {
  char byte = 0;
  error_code ec;
  socket.receive(asio::buffer(&byte, 1), Socket::message_peek, ec);
  if (ec && ec != asio::error::would_block)
    close();
}

void Connection::read() {
  if (phase != Phase::Idle && phase != Phase::Reading)
    return; // a timeout has begun its answer meanwhile
  error_code ec;
  const size_t size = socket.read_some(asio::buffer(handler.buffer), ec);
  if (ec == asio::error::would_block)
    return waitToRead();
  if (ec)
    return close();
  if (phase == Phase::Idle) {
    record = {};
    record.begun = Clock::now();
    setPhase(Phase::Reading, handler.timeout);
  }
  reader.feed(llvm::StringRef(handler.buffer.data(), size));
  process();
}

/// Answers what has arrived as a whole, then waits for more.
void Connection::process() {
  if (processing)
    return; // the loop below goes on
  processing = true;
  using State = RequestReader::State;
  while (phase == Phase::Idle || phase == Phase::Reading) {
    const State state = reader.state();
    if (state == State::Refused) {
      refuse();
      break;
    }
    if (state != State::Complete) {
      if (reader.wantsContinue()) {
        error_code ec; // a few bytes into an empty buffer of the system
        asio::const_buffer line("HTTP/1.1 100 Continue\r\n\r\n", 25);
        if (socket.write_some(line, ec) != line.size())
          close();
      }
      if (phase == Phase::Idle && state != State::Empty)
        setPhase(Phase::Reading, handler.timeout);
      if (phase != Phase::Closed)
        waitToRead();
      break;
    }
    record.in = reader.bytes();
    if (record.begun == Clock::time_point())
      record.begun = Clock::now();
    Request request = reader.take();
    record.method = request.method;
    close_ = !request.keepAlive || handler.draining;
    http10 = request.http10;
    head = request.method == Request::Method::Head;
    setPhase(Phase::Waiting, 0);
    handler.handle(shared_from_this(), std::move(request));
  }
  processing = false;
}

void Connection::refuse() {
  record.in = reader.bytes();
  close_ = true;
  reply(refusalReply(reader.refusal()));
}

void Connection::turnAway(const Refusal &refusal) {
  record.begun = Clock::now();
  close_ = true;
  reply(refusalReply(refusal));
}

void Connection::reply(Reply answer) {
  if (phase == Phase::Closed)
    return;
  unwanted_.reset();
  close_ |= handler.draining;
  record.status = answer.status;
  record.ready = Clock::now();
  out = replyBytes(answer, close_, http10, head);
  sent = 0;
  record.out = out.size();
  setPhase(Phase::Writing, handler.timeout);
  if (writeSome())
    written();
}

/// Whether all is written; otherwise it waits, or has closed.
bool Connection::writeSome() {
  while (sent < out.size()) {
    error_code ec;
    const size_t size = socket.write_some(asio::buffer(out.data() + sent, out.size() - sent), ec);
    if (ec == asio::error::would_block) {
      waitToWrite();
      return false;
    }
    if (ec) {
      close();
      return false;
    }
    sent += size;
  }
  return true;
}

void Connection::waitToWrite() {
  socket.async_wait(Socket::wait_write, [self = shared_from_this()](error_code ec) {
    if (self->phase == Phase::Closed)
      return;
    if (ec)
      return self->close();
    if (self->writeSome())
      self->written();
  });
}

void Connection::written() {
  handler.answered(*this, secondsSince(record.ready));
  out = std::string();
  record = {};
  if (close_) {
    error_code ignored;
    socket.shutdown(Socket::shutdown_send, ignored);
    setPhase(Phase::Lingering, kLingerSeconds);
    return linger();
  }
  setPhase(Phase::Idle, handler.idle);
  process();
}

/// Until the other side closes, too.
void Connection::linger() {
  for (;;) {
    error_code ec;
    lingered += socket.read_some(asio::buffer(handler.buffer), ec);
    if (ec == asio::error::would_block)
      return waitToRead();
    if (ec || lingered > kLingerBytes)
      return close();
  }
}

} // namespace dlc::serve
