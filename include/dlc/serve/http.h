// HTTP/1.1 as far as the server speaks it: bytes to requests, replies to bytes. No sockets: a reader is fed whatever
// has arrived, in pieces of any size.
#pragma once

#include "dlc/serve/chunks.h"
#include "dlc/serve/model.h"
#include "dlc/serve/tokens.h"

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::serve {

/// What requests are held against. It may change between two requests of a connection.
struct HttpRules {
  size_t line = 2048;   ///< bytes of the request line; 414
  size_t header = 8192; ///< bytes of the request line and all fields; 431
  uint64_t body = 1 << 20;
  /// Which names a client may call the server by; 421. A page from elsewhere that a browser has been led to take for
  /// this server calls it by a name of its own (DNS rebinding).
  enum class Hosts : uint8_t {
    Loopback, ///< localhost, 127.x.y.z, [::1]
    Machine,  ///< those, any other address, and `names`
    Any       ///< such a page knows no token
  } hosts = Hosts::Loopback;
  std::vector<std::string> names; ///< in lower case
  Tokens tokens;                  ///< one of which has to be named; 401, but for paths that are open to all
};

struct Request {
  enum class Method : uint8_t { Get, Head, Post, Other } method = Method::Other;
  std::string path, query;         ///< before and behind the first '?'
  std::string contentType;         ///< in lower case, without parameters
  std::optional<size_t> jsonBytes; ///< Inference-Header-Content-Length
  bool keepAlive = true;           ///< the client does not ask to close
  bool http10 = false;
  std::string body;
};

/// Reads one request after the other. Whatever could be read in two ways is refused: both Content-Length and
/// Transfer-Encoding, a folded field, a second Host, a bare line feed. So is what a page from elsewhere would send: a
/// Host that the rules do not allow, an Origin that is not this server.
class RequestReader {
public:
  enum class State : uint8_t { Empty, Header, Body, Complete, Refused };

  /// `rules` must live as long.
  explicit RequestReader(const HttpRules &rules);
  explicit RequestReader(HttpRules &&rules) = delete;

  /// `bytes` follow what was fed before.
  State feed(llvm::StringRef bytes);
  State state() const { return state_; }
  /// With State::Complete. Goes on with what was fed behind it: ask for the state again.
  Request take();
  /// With State::Refused: what to answer, before the connection is closed.
  const Refusal &refusal() const { return refusal_; }
  /// Whether the client waits for `100 Continue` before it sends the body; true once.
  bool wantsContinue();
  /// Bytes of this request so far.
  uint64_t bytes() const { return bytes_; }

private:
  struct Head;
  State advance();
  size_t endOfHeader();
  State header();
  State body();
  State refuseBody();
  State refuse(unsigned status, std::string text);
  bool isAllowed(llvm::StringRef host) const;
  bool checkFields(llvm::StringRef lines);
  bool checkHead(const Head &head);

  const HttpRules &rules;
  State state_ = State::Empty;
  std::string buffer;                ///< fed, and not read yet
  size_t looked = 0;                 ///< bytes of a header in it that are known to be good
  uint64_t length = 0;               ///< Content-Length
  std::optional<ChunkReader> chunks; ///< where the body comes in chunks
  Request request;
  Refusal refusal_;
  bool continue_ = false, measured = false, origin = false;
  std::string host_, origin_, authorization_;
  uint64_t bytes_ = 0;
};

struct Reply {
  unsigned status = 200;
  std::string body;
  llvm::StringRef type = "application/json";
  std::string fields = ""; ///< more of the header, each with its CRLF: "Allow: GET\r\n"
};
/// The whole reply as bytes. `head`: without its body, but with its length.
std::string replyBytes(const Reply &reply, bool close, bool http10, bool head);
/// A refusal as a reply: {"error": ...}. With 401 it says how to ask.
Reply refusalReply(const Refusal &refusal);

} // namespace dlc::serve
