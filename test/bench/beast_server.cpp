// The least that a server of Boost.Beast can do for the same requests: read a body, answer the same bytes to all.
// A floor for the figures of `dlc serve` (serve.py); it computes nothing, and checks and limits nothing either.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

class Session : public std::enable_shared_from_this<Session> {
public:
  Session(tcp::socket socket, const std::string &answer) : stream(std::move(socket)), answer(answer) {
    stream.socket().set_option(tcp::no_delay(true));
  }

  void read() {
    request = {};
    http::async_read(stream, buffer, request, [self = shared_from_this()](beast::error_code ec, size_t) {
      if (!ec)
        self->write();
    });
  }

private:
  void write() {
    response = {http::status::ok, request.version()};
    response.set(http::field::content_type, "application/json");
    response.body() = answer;
    response.prepare_payload();
    http::async_write(stream, response, [self = shared_from_this()](beast::error_code ec, size_t) {
      if (!ec)
        self->read();
    });
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::response<http::string_body> response;
  const std::string &answer;
};

void accept(tcp::acceptor &acceptor, const std::string &answer) {
  acceptor.async_accept(asio::make_strand(acceptor.get_executor()), [&](beast::error_code ec, tcp::socket socket) {
    if (!ec)
      std::make_shared<Session>(std::move(socket), answer)->read();
    accept(acceptor, answer);
  });
}

} // namespace

/// beast_server THREADS ANSWER: the port is the first line on stdout.
int main(int argc, char **argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const std::string answer = argc > 2 ? argv[2] : "{}";
  asio::io_context context(threads);
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor, answer);
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back([&] { context.run(); });
  context.run();
}
