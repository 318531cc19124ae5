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
  /// `from`: the last number of an address 127.0.0.x. `room`: bytes that wait for hear(), at least; 0: as the system
  /// has it.
  explicit Client(const Server &server, unsigned from = 1, int room = 0) : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in own = {};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + from);
    EXPECT_EQ(bind(socket, reinterpret_cast<const sockaddr *>(&own), sizeof(own)), 0);
    if (room)
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
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

TEST(Server, CutsOffWhoDoesNotRead) {
  auto server = Server::start({test::classifier()}, {.port = 0, .timeout = 0.3});
  ASSERT_TRUE(server.ok());
  constexpr size_t kRequests = 1000; // whose answers no buffer of a system takes
  std::string requests;
  for (size_t i = 0; i < kRequests; ++i)
    requests += "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const Client other(**server), deaf(**server, 1, 4096);
  other.say("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  size_t page = 0, heard = 0;
  for (std::string piece = other.hear(); !piece.empty() && piece != "nothing"; piece = other.hear())
    page += piece.size();
  deaf.say(requests);
  usleep(1500000);
  std::string piece = deaf.hear();
  for (; !piece.empty() && piece != "nothing"; piece = deaf.hear())
    heard += piece.size();
  EXPECT_GT(page, 10000u);
  EXPECT_GT(heard, 0u);
  EXPECT_LT(heard, kRequests * page / 2) << "it was listened to for too long";
}

/// A client that is answered, as soon as there is room for it; null if there is none for long.
std::unique_ptr<const Client> getsIn(const Server &server, unsigned from) {
  for (int attempt = 0; attempt < 500; ++attempt, usleep(10000)) {
    auto client = std::make_unique<const Client>(server, from);
    client->say(kHealth);
    if (client->hear().find("200 OK") != std::string::npos)
      return client;
  }
  return nullptr;
}

/// Whether a new client is told that there are too many.
bool isTurnedAway(const Server &server, unsigned from) {
  return Client(server, from).hear().find("503 Service Unavailable") != std::string::npos;
}

TEST(Server, TakesNoMoreConnectionsThanItMay) {
  auto server = Server::start({test::classifier()}, {.port = 0, .connections = 4}); // three of one address
  ASSERT_TRUE(server.ok());
  std::vector<std::unique_ptr<const Client>> clients;
  for (int i = 0; i < 3; ++i)
    clients.push_back(getsIn(**server, 1));
  EXPECT_TRUE(isTurnedAway(**server, 1));
  clients.push_back(getsIn(**server, 2));
  EXPECT_TRUE(clients.back()) << "of another address there may be one more";
  EXPECT_TRUE(isTurnedAway(**server, 2)) << "there are four";
  clients.erase(clients.begin());
  EXPECT_TRUE(getsIn(**server, 1)) << "the place of one that went is free";
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
