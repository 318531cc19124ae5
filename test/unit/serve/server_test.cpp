// Server: how long a connection may be silent, and how many there may be.
// What is answered to what is tested by the scripts of test/e2e/serve*.test.
#include "small_models.h"

#include "dlc/serve/server.h"

#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace dlc::serve {
namespace {

/// A client that waits for at most a few seconds.
class Client {
public:
  explicit Client(const Server &server) : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(server.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr *>(&to), sizeof(to)), 0);
  }
  ~Client() { ::close(socket); }
  Client(const Client &) = delete;
  Client &operator=(const Client &) = delete;

  void say(llvm::StringRef text) const {
    EXPECT_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// What comes next; "" at the end of the connection, "nothing" if nothing comes.
  std::string hear() const {
    char bytes[4096];
    const ssize_t size = recv(socket, bytes, sizeof(bytes), 0);
    return size < 0 ? "nothing" : std::string(bytes, static_cast<size_t>(size));
  }

private:
  int socket;
};

double secondsOf(const std::function<void()> &work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

constexpr const char *kHealth = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(Server, ClosesSilentConnections) {
  auto server = Server::start({test::classifier()}, {.port = 0, .timeout = 0.3, .idle = 0.8});
  ASSERT_TRUE(server.ok());
  const Client silent(**server), asking(**server), slow(**server);
  asking.say(kHealth);
  slow.say("GET /healthz HTT");
  EXPECT_NE(asking.hear().find("200 OK"), std::string::npos);
  EXPECT_NE(slow.hear().find("408 Request Timeout"), std::string::npos) << "a request that has begun has less time";
  const double silence = secondsOf([&] { EXPECT_EQ(silent.hear(), ""); });
  EXPECT_EQ(asking.hear(), "") << "between two requests it is silent as well";
  EXPECT_LT(silence, 5);
  EXPECT_EQ(slow.hear(), "");
}

TEST(Server, TakesNoMoreConnectionsThanItMay) {
  auto server = Server::start({test::classifier()}, {.port = 0, .connections = 4}); // three of one address
  ASSERT_TRUE(server.ok());
  auto first = std::make_unique<const Client>(**server);
  const Client second(**server), third(**server);
  for (const Client *client : {first.get(), &second, &third}) {
    client->say(kHealth);
    EXPECT_NE(client->hear().find("200 OK"), std::string::npos);
  }
  const Client fourth(**server);
  EXPECT_NE(fourth.hear().find("503 Service Unavailable"), std::string::npos);
  first.reset();
  std::string heard;
  for (int attempt = 0; attempt < 200 && heard.find("200 OK") == std::string::npos; ++attempt) {
    usleep(10000);
    const Client again(**server);
    again.say(kHealth);
    heard = again.hear();
  }
  EXPECT_NE(heard.find("200 OK"), std::string::npos) << "the place of the one that went is free";
}

TEST(Server, ListensWhereItMay) {
  EXPECT_TRUE(checkAddress({.host = "127.0.0.1"}).ok());
  EXPECT_TRUE(checkAddress({.host = "::1"}).ok());
  for (const char *host : {"0.0.0.0", "::", "192.0.2.1"}) {
    EXPECT_EQ(checkAddress({.host = host}).code(), absl::StatusCode::kInvalidArgument) << host;
    EXPECT_FALSE(Server::start({test::classifier()}, {.host = host, .port = 0}).ok()) << host;
    EXPECT_TRUE(checkAddress({.host = host, .tokens = *Tokens::parse("sesame")}).ok()) << host;
    EXPECT_TRUE(checkAddress({.host = host, .insecure = true}).ok()) << host;
  }
  EXPECT_FALSE(checkAddress({.host = "localhost", .insecure = true}).ok()) << "it is no address";
}

} // namespace
} // namespace dlc::serve
