// RequestReader: requests are read from pieces of any size, and whatever could be read in two ways is refused.
// Sockets, and what is answered to which path, are tested by test/e2e/serve.test.
#include "dlc/serve/http.h"
#include "dlc/serve/routes.h"

#include "gtest/gtest.h"

namespace dlc::serve {
namespace {

using State = RequestReader::State;

const HttpRules kRules{.body = 1000};

/// The status with which `text` is refused; 0: it is complete, 1: more is expected.
unsigned status(llvm::StringRef text, size_t piece = 100000, const HttpRules &rules = kRules) {
  RequestReader reader(rules);
  while (!text.empty()) {
    reader.feed(text.take_front(piece));
    text = text.drop_front(std::min(piece, text.size()));
  }
  if (reader.state() == State::Refused)
    return reader.refusal().status;
  return reader.state() == State::Complete ? 0 : 1;
}

std::string post(const std::string &fields, const std::string &body = "") {
  return "POST /predict HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

TEST(RequestReader, ReadsPiecesOfAnySize) {
  const std::string text =
      "POST /predict/m?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: Text/CSV; charset=utf-8\r\n"
      "Content-Length: 5\r\n\r\n1,2,3"
      "\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      "POST /v2 HTTP/1.1\r\nHost: [::1]:1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (size_t piece : {1, 2, 3, 7, 50, 1000}) {
    RequestReader reader(kRules);
    std::vector<Request> requests;
    for (llvm::StringRef rest = text; !rest.empty(); rest = rest.drop_front(std::min(piece, rest.size()))) {
      reader.feed(rest.take_front(piece));
      while (reader.state() == State::Complete)
        requests.push_back(reader.take());
    }
    ASSERT_EQ(requests.size(), 3u) << piece;
    EXPECT_EQ(requests[0].method, Request::Method::Post);
    EXPECT_EQ(requests[0].path, "/predict/m");
    EXPECT_EQ(requests[0].contentType, "text/csv");
    EXPECT_EQ(requests[0].body, "1,2,3");
    EXPECT_TRUE(requests[0].keepAlive);
    EXPECT_EQ(requests[1].method, Request::Method::Get);
    EXPECT_FALSE(requests[1].keepAlive);
    EXPECT_EQ(requests[2].body, "abcde");
    EXPECT_EQ(reader.state(), State::Empty);
  }
}

TEST(RequestReader, RefusesWhatCanBeReadInTwoWays) {
  for (size_t piece : {1, 13, 100000}) {
    EXPECT_EQ(status(post("Content-Length: 3\r\n", "abc"), piece), 0u);
    EXPECT_EQ(status(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length: +3\r\n", "abc"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length: 3, 3\r\n", "abc"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length: -1\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length: 99999999999999999999999\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length:\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Transfer-Encoding: gzip, chunked\r\n"), piece), 501u);
    EXPECT_EQ(status(post("Transfer-Encoding: xchunked\r\n"), piece), 501u);
    EXPECT_EQ(status(post("X: a\r\n  folded\r\nContent-Length: 0\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Content-Length : 3\r\n", "abc"), piece), 400u);
    EXPECT_EQ(status(post("Host: localhost\r\nContent-Length: 0\r\n"), piece), 400u);
    EXPECT_EQ(status("GET / HTTP/1.1\nHost: localhost\n\n", piece), 400u);
    EXPECT_EQ(status(post("X: a\rb\r\nContent-Length: 0\r\n"), piece), 400u);
    EXPECT_EQ(status(post(std::string("X: a\0b\r\nContent-Length: 0\r\n", 28)), piece), 400u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "x\r\nabc\r\n0\r\n\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n0\r\n\r\n"), piece), 400u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"), piece), 400u);
    EXPECT_EQ(status("GET /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", piece), 400u);
  }
}

TEST(RequestReader, KeepsLimits) {
  for (size_t piece : {1000, 100000}) {
    EXPECT_EQ(status("GET /" + std::string(2100, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", piece), 414u);
    EXPECT_EQ(status(std::string(2100, 'a'), piece), 414u);
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9000, 'a'), piece), 431u);
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9000, 'a') + "\r\n\r\n", piece), 431u);
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(8000, 'a') + "\r\n\r\n", piece), 0u);
    EXPECT_EQ(status(post("Content-Length: 1001\r\n"), piece), 413u);
    EXPECT_EQ(status(post("Content-Length: 1000\r\n", std::string(1000, 'a')), piece), 0u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "3e9\r\n" + std::string(1001, 'a')), piece), 413u);
    EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "1;" + std::string(20000, 'a')), piece), 400u);
    EXPECT_EQ(status(post("")), 411u);
  }
}

TEST(RequestReader, ReadsChunksWhateverStandsBesideThem) {
  const std::string chunked = post("Transfer-Encoding: chunked\r\n");
  for (size_t piece : {1, 2, 5, 100000}) {
    for (const char *body :
         {"5\r\nhello\r\n0\r\n\r\n", "0005;a=b;c=\"d\"\r\nhello\r\n0;last\r\nX: y\r\nZ: \r\n\r\n",
          "1 \r\nh\r\n4;a=\"open\r\nello\r\n0\r\n\r\n", "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n2\r\nlo\r\n00\r\n\r\n"}) {
      RequestReader reader(kRules);
      const std::string text = chunked + body;
      for (llvm::StringRef rest = text; !rest.empty(); rest = rest.drop_front(std::min(piece, rest.size())))
        reader.feed(rest.take_front(piece));
      ASSERT_EQ(reader.state(), State::Complete) << body;
      EXPECT_EQ(reader.take().body, "hello") << body;
      EXPECT_EQ(reader.state(), State::Empty) << body;
    }
    for (const char *body :
         {"5\nhello\n0\n\n", "5\r\nhello0\r\n\r\n", " 5\r\nhello\r\n", "5x\r\nhello\r\n", "0x5\r\nhello\r\n", "\r\n",
          ";a\r\n", "5;\1\r\nhello\r\n", "5;\r\rhello\r\n", "0\r\nX: \x7f\r\n\r\n", "0\r\n\n"})
      EXPECT_EQ(status(chunked + body, piece), 400u) << body;
    EXPECT_EQ(status(chunked + "0\r\n" + std::string(9000, 'a'), piece), 400u);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 1000; ++i)
      trailers += "X: 12345678\r\n";
    EXPECT_EQ(status(chunked + trailers, piece), 400u) << "without an end";
  }
}

/// Beast's own limit is a megabyte.
TEST(RequestReader, TakesLargeBodies) {
  const HttpRules rules{.body = 3 << 20};
  const std::string body(3 << 20, 'a');
  EXPECT_EQ(status(post("Content-Length: 3145728\r\n", body), 65536, rules), 0u);
  EXPECT_EQ(status(post("Content-Length: 3145729\r\n"), 65536, rules), 413u);
  EXPECT_EQ(status(post("Content-Length: 18446744073709551615\r\n"), 65536, rules), 413u);
  EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "300000\r\n" + body + "\r\n0\r\n\r\n"), 65536, rules), 0u);
  EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "300000\r\n" + body + "\r\n1\r\n"), 65536, rules), 413u);
  EXPECT_EQ(status(post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"), 65536, rules), 413u);
}

TEST(RequestReader, AnswersToThisMachineAlone) {
  auto with = [](const std::string &fields) { return status("GET /healthz HTTP/1.1\r\n" + fields + "\r\n"); };
  for (const char *good :
       {"localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:8080", "127.1.2.3", "[::1]", "[::1]:80"})
    EXPECT_EQ(with(std::string("Host: ") + good + "\r\n"), 0u) << good;
  for (const char *bad : {"example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "128.0.0.1",
                          "127.0.0", "127.0.0.256", "localhost:x", "[::2]", "[::1]x", "127.0.0.1@example.com"})
    EXPECT_EQ(with(std::string("Host: ") + bad + "\r\n"), 421u) << bad;
  EXPECT_EQ(with(""), 400u);
  EXPECT_EQ(status("GET /healthz HTTP/1.0\r\n\r\n"), 0u) << "has no Host";
  EXPECT_EQ(with("Host: localhost:81\r\nOrigin: http://localhost:81\r\n"), 0u);
  for (const char *bad : {"http://localhost:82", "http://localhost.example", "null", "https://localhost:81", ""})
    EXPECT_EQ(with(std::string("Host: localhost:81\r\nOrigin: ") + bad + "\r\n"), 403u) << bad;
}

TEST(RequestReader, AnswersToNamesOfItsMachineWhereOthersAreServed) {
  const HttpRules rules{.body = 1000, .hosts = HttpRules::Hosts::Machine, .names = {"gpu", "gpu.example"}};
  auto with = [&](const std::string &fields) {
    return status("GET /healthz HTTP/1.1\r\n" + fields + "\r\n", 100000, rules);
  };
  for (const char *good : {"localhost", "127.0.0.1:80", "10.1.2.3", "[fe80::1]:8080", "gpu", "GPU:8080", "gpu.example"})
    EXPECT_EQ(with(std::string("Host: ") + good + "\r\n"), 0u) << good;
  for (const char *bad : {"example.com", "gpu.example.com", "10.1.2.3.example.com", "10.1.2", "gp", "gpu:x"})
    EXPECT_EQ(with(std::string("Host: ") + bad + "\r\n"), 421u) << bad;
  EXPECT_EQ(with("Host: gpu.example:81\r\nOrigin: https://gpu.example:81\r\n"), 0u) << "a proxy speaks TLS";
  EXPECT_EQ(with("Host: gpu.example:81\r\nOrigin: http://gpu.example:82\r\n"), 403u);
}

TEST(RequestReader, AsksForATokenBeforeTheBody) {
  HttpRules rules{.body = 1000, .hosts = HttpRules::Hosts::Any, .tokens = *Tokens::parse("sesame")};
  auto with = [&](const std::string &line, const std::string &fields) {
    return status(line + " HTTP/1.1\r\nHost: any.example\r\n" + fields + "\r\n", 100000, rules);
  };
  const std::string right = "Authorization: Bearer sesame\r\n", wrong = "Authorization: Bearer mustard\r\n";
  for (const char *path : {"/healthz", "/v2/health/live", "/v2/health/ready", "/"})
    for (const std::string &fields : {std::string(), right, wrong})
      EXPECT_EQ(with(std::string("GET ") + path, fields), 0u) << path << fields;
  for (const char *path : {"/v2", "/models", "/model/m", "/metrics", "/v2/models/m/ready", "/none", "//healthz"}) {
    EXPECT_EQ(with(std::string("GET ") + path, right), 0u) << path;
    EXPECT_EQ(with(std::string("GET ") + path, ""), 401u) << path;
    EXPECT_EQ(with(std::string("GET ") + path, wrong), 401u) << path;
  }
  EXPECT_EQ(with("POST /predict/m", "Content-Length: 5\r\n"), 401u) << "the body is not waited for";
  EXPECT_EQ(with("POST /predict/m", right + "Content-Length: 5\r\n"), 1u);
  EXPECT_EQ(with("POST /predict/m", "Content-Length: 99999\r\n"), 401u);
  EXPECT_EQ(with("POST /predict/m", right + "Content-Length: 99999\r\n"), 413u);
  EXPECT_EQ(with("GET /v2", right + right), 400u) << "twice";
  EXPECT_EQ(with("GET /v2", right + "Origin: http://elsewhere.example\r\n"), 403u);
  EXPECT_EQ(with("GET /v2?token=sesame", ""), 401u) << "what is in a path ends in logs";
  // The next request of a connection does not profit from the one before.
  RequestReader reader(rules);
  reader.feed("GET /v2 HTTP/1.1\r\nHost: a\r\n" + right + "\r\nGET /v2 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(reader.state(), State::Complete);
  reader.take();
  EXPECT_EQ(reader.state(), State::Refused);
  EXPECT_NE(replyBytes(refusalReply(reader.refusal()), true, false, false).find("\r\nWWW-Authenticate: Bearer "),
            std::string::npos);
  // Tokens may change under an open connection.
  RequestReader other(rules);
  rules.tokens = *Tokens::parse("mustard");
  EXPECT_EQ(other.feed("GET /v2 HTTP/1.1\r\nHost: a\r\n" + right + "\r\n"), State::Refused);
}

TEST(RequestReader, RefusesOtherProtocols) {
  EXPECT_EQ(status("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n"), 505u);
  EXPECT_EQ(status("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400u);
  EXPECT_EQ(status("hello\r\n\r\n"), 400u);
  EXPECT_EQ(status("\x16\x03\x01\x02\r\n\r\n"), 400u) << "TLS";
  EXPECT_EQ(status(post("Expect: tea\r\nContent-Length: 1\r\n")), 417u);
  EXPECT_EQ(status(post("Content-Encoding: gzip\r\nContent-Length: 1\r\n")), 415u);
}

TEST(RequestReader, SaysOnceThatTheBodyIsAwaited) {
  RequestReader reader(kRules);
  reader.feed(post("Expect: 100-continue\r\nContent-Length: 1\r\n"));
  EXPECT_TRUE(reader.wantsContinue());
  EXPECT_FALSE(reader.wantsContinue());
  EXPECT_EQ(reader.feed("x"), State::Complete);
}

TEST(Routes, AreFoundByTheirForm) {
  using Kind = Route::Kind;
  EXPECT_EQ(findRoute("/v2/models/a.b-c/infer").kind, Kind::Infer);
  EXPECT_EQ(findRoute("/v2/models/a.b-c/infer").model, "a.b-c");
  EXPECT_EQ(findRoute("/v2/models/m/versions/1").kind, Kind::Model);
  EXPECT_EQ(findRoute("/v2/models/m/versions/1/infer").kind, Kind::Infer);
  EXPECT_EQ(findRoute("/v2/models/m/versions/1/ready").kind, Kind::ModelReady);
  EXPECT_EQ(findRoute("/v2/models/m/ready").kind, Kind::ModelReady);
  EXPECT_EQ(findRoute("/predict/m").model, "m");
  EXPECT_EQ(findRoute("/").kind, Kind::Page);
  EXPECT_EQ(findRoute("/models").kind, Kind::Models);
  EXPECT_EQ(findRoute("/model").model, "");
  EXPECT_EQ(findRoute("/model/m").kind, Kind::About);
  EXPECT_EQ(findRoute("/model/m").label, "/model/{model}");
  EXPECT_EQ(findRoute("/prepare/m").kind, Kind::Prepare);
  EXPECT_TRUE(findRoute("/prepare/m").posts());
  for (const char *path :
       {"//", "", "/model/", "/model/a/b", "/models/", "/modelsm", "/prepare/", "/predict/", "/predict/a/b",
        "/v2/models", "/v2/models/", "/v2/models//infer", "/v2/models/m/versions/2", "/v2/models/m/versions/12",
        "/v2/models/m/x", "/../etc/passwd", "/v2/models/m/", "/healthz/"})
    EXPECT_EQ(findRoute(path).kind, Kind::None) << path;
}

TEST(Replies, AreWhole) {
  EXPECT_EQ(replyBytes({.status = 503, .body = "x", .fields = "Retry-After: 1\r\n"}, true, false, false),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 1\r\n"
            "X-Content-Type-Options: nosniff\r\nRetry-After: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_TRUE(
      llvm::StringRef(replyBytes({.body = "x"}, false, true, true)).ends_with("Connection: keep-alive\r\n\r\n"));
}

} // namespace
} // namespace dlc::serve
