// Beast parses the grammar; what it would let through for the sake of old clients is refused before it sees it.
// The only file of serve with Beast in it.
#include "dlc/serve/http.h"

#include "dlc/serve/answers.h"
#include "dlc/serve/host_names.h"
#include "dlc/serve/routes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace dlc::serve {

namespace http = boost::beast::http;

/// What Beast says of a header.
struct RequestReader::Head {
  unsigned version = 0; ///< 11: HTTP/1.1
  bool keepAlive = true;
  Request::Method method = Request::Method::Other;
  llvm::StringRef target, type;
};

RequestReader::RequestReader(const HttpRules &rules) : rules(rules) {}

RequestReader::State RequestReader::refuse(unsigned status, std::string text) {
  refusal_ = {status, std::move(text)};
  return state_ = State::Refused;
}

RequestReader::State RequestReader::feed(llvm::StringRef bytes) {
  if (state_ == State::Refused)
    return state_;
  buffer.append(bytes.data(), bytes.size());
  return state_ == State::Complete ? state_ : advance();
}

RequestReader::State RequestReader::advance() {
  if (state_ == State::Empty) {
    while (llvm::StringRef(buffer).starts_with("\r\n")) // some clients end a body with one
      buffer.erase(0, 2);
    if (buffer.empty() || buffer == "\r")
      return state_;
    state_ = State::Header;
  }
  if (state_ == State::Header && header() != State::Body)
    return state_;
  return body();
}

/// The lines of the header, without the empty one, as they were sent.
bool RequestReader::checkFields(llvm::StringRef lines) {
  auto wrong = [&](unsigned status, const char *text) {
    refuse(status, text);
    return false;
  };
  unsigned hosts = 0, lengths = 0, encodings = 0, headers = 0, authorizations = 0;
  for (llvm::StringRef rest = lines.split("\r\n").second; !rest.empty();) {
    llvm::StringRef line;
    std::tie(line, rest) = rest.split("\r\n");
    if (line.starts_with(" ") || line.starts_with("\t"))
      return wrong(400, "a field of the header goes on in a second line");
    auto [name, value] = line.split(':');
    value = value.trim(" \t");
    if (name.equals_insensitive("host")) {
      ++hosts;
      host_ = value.lower();
    } else if (name.equals_insensitive("origin")) {
      origin = true;
      origin_ = value.lower();
    } else if (name.equals_insensitive("authorization")) {
      ++authorizations;
      authorization_ = value.str();
    } else if (name.equals_insensitive("content-length")) {
      ++lengths;
      if (value.empty() || !llvm::all_of(value, llvm::isDigit) || value.getAsInteger(10, length))
        return wrong(400, "Content-Length is not a number");
    } else if (name.equals_insensitive("inference-header-content-length")) {
      ++headers;
      if (value.getAsInteger(10, request.jsonBytes.emplace()))
        return wrong(400, "Inference-Header-Content-Length is not a number of bytes");
    } else if (name.equals_insensitive("transfer-encoding")) {
      ++encodings;
      if (!value.equals_insensitive("chunked"))
        return wrong(501, "a Transfer-Encoding other than chunked is not supported");
    } else if (name.equals_insensitive("content-encoding") && !value.equals_insensitive("identity")) {
      return wrong(415, "a body that is compressed is not supported");
    } else if (name.equals_insensitive("expect")) {
      if (!value.equals_insensitive("100-continue"))
        return wrong(417, "an expectation other than 100-continue is not supported");
      continue_ = true;
    }
  }
  if (lengths && encodings)
    return wrong(400, "both Content-Length and Transfer-Encoding");
  if (std::max({lengths, encodings, hosts, headers, authorizations}) > 1)
    return wrong(400, "Host, Authorization, Content-Length, Transfer-Encoding or Inference-Header-Content-Length is "
                      "given twice");
  measured = lengths || encodings;
  if (encodings)
    chunks.emplace();
  return true;
}

bool RequestReader::isAllowed(llvm::StringRef host) const {
  using Hosts = HttpRules::Hosts;
  return rules.hosts == Hosts::Any || isLoopbackName(host) ||
         (rules.hosts == Hosts::Machine && (isAddress(host) || llvm::is_contained(rules.names, withoutPort(host))));
}

/// What the fields mean, now that Beast has read them.
bool RequestReader::checkHead(const Head &head) {
  auto wrong = [&](unsigned status, const char *text) {
    refuse(status, text);
    return false;
  };
  if (head.version != 11 && head.version != 10)
    return wrong(505, "expected HTTP/1.1");
  request.http10 = head.version == 10;
  request.keepAlive = head.keepAlive;
  request.method = head.method;
  if (request.http10 && chunks)
    return wrong(400, "HTTP/1.0 has no Transfer-Encoding");
  if (host_.empty() && !request.http10)
    return wrong(400, "no Host");
  if (!host_.empty() && !isAllowed(host_))
    return wrong(421, rules.hosts == HttpRules::Hosts::Loopback
                          ? "this server answers to names of this machine only, such as localhost"
                          : "this server answers to its address and to the name of its machine only; with a token it "
                            "answers to every name");
  // What is behind a proxy that speaks TLS does not know that it is called by https.
  const bool own =
      origin_ == "http://" + host_ || (rules.hosts != HttpRules::Hosts::Loopback && origin_ == "https://" + host_);
  if (origin && !own)
    return wrong(403, "a page from another origin may not use this server");
  if (!head.target.starts_with("/"))
    return wrong(400, "expected a path that begins with '/'");
  request.path = head.target.split('?').first.str();
  request.query = head.target.split('?').second.str();
  if (!rules.tokens.empty() && !findRoute(request.path).open() && !rules.tokens.allow(authorization_))
    return wrong(401, authorization_.empty() ? "this server asks for a token: Authorization: Bearer TOKEN"
                                             : "the token is none of this server");
  request.contentType = head.type.split(';').first.trim().lower();
  if (request.method == Request::Method::Post && !measured)
    return wrong(411, "expected Content-Length or Transfer-Encoding: chunked");
  return true;
}

/// The place of the empty line; npos if it is not there yet, or something is wrong. Bytes that were looked at are not
/// looked at again: a header may come byte by byte.
size_t RequestReader::endOfHeader() {
  const llvm::StringRef text = buffer;
  const size_t from = looked - std::min<size_t>(looked, 3); // where the empty line may begin
  const size_t end = text.find("\r\n\r\n", from);
  const llvm::StringRef lines = text.take_front(end);
  if (std::min(text.take_front(rules.line + 1).find('\n'), text.size()) > rules.line) {
    refuse(414, "the request line has more than " + std::to_string(rules.line) + " bytes");
    return llvm::StringRef::npos;
  }
  if (std::min(end, lines.size() - std::min<size_t>(lines.size(), 4)) + 4 > rules.header) {
    refuse(431, "the header has more than " + std::to_string(rules.header) + " bytes");
    return llvm::StringRef::npos;
  }
  for (size_t i = from; i < lines.size(); ++i) {
    const auto byte = static_cast<unsigned char>(lines[i]);
    const bool lineEnd =
        byte == '\r' ? i + 1 == lines.size() || lines[i + 1] == '\n' : byte == '\n' && i > 0 && lines[i - 1] == '\r';
    if ((byte < 0x20 && byte != '\t' && !lineEnd) || byte == 0x7F) {
      refuse(400, "a control character in the header");
      return llvm::StringRef::npos;
    }
  }
  looked = lines.size();
  return end;
}

RequestReader::State RequestReader::header() {
  const size_t end = endOfHeader();
  if (end == llvm::StringRef::npos || !checkFields(llvm::StringRef(buffer).take_front(end)))
    return state_;
  http::request_parser<http::empty_body> parser;
  parser.header_limit(static_cast<uint32_t>(2 * rules.header)); // was counted above
  parser.skip(true);                                            // the body is read below
  boost::system::error_code ec;
  bytes_ = parser.put(boost::asio::buffer(buffer.data(), end + 4), ec);
  if (ec)
    return refuse(ec == http::error::bad_version ? 505 : 400, "no request of HTTP/1.1: " + ec.message());
  const auto &head = parser.get();
  using Method = Request::Method;
  const auto text = [](boost::beast::string_view view) { return llvm::StringRef(view.data(), view.size()); };
  if (!checkHead({head.version(), parser.keep_alive(),
                  head.method() == http::verb::get    ? Method::Get
                  : head.method() == http::verb::head ? Method::Head
                  : head.method() == http::verb::post ? Method::Post
                                                      : Method::Other,
                  text(head.target()), text(head[http::field::content_type])}))
    return state_;
  if (length > rules.body)
    return refuseBody();
  buffer.erase(0, bytes_);
  return state_ = State::Body;
}

RequestReader::State RequestReader::refuseBody() {
  return refuse(413, "a body may have " + std::to_string(rules.body) + " bytes at most");
}

RequestReader::State RequestReader::body() {
  if (chunks) {
    const size_t size = chunks->read(buffer, request.body, rules.body, rules.header);
    buffer.erase(0, size);
    bytes_ += size;
    switch (chunks->state()) {
    case ChunkReader::State::Complete:
      return state_ = State::Complete;
    case ChunkReader::State::TooLong:
      return refuseBody();
    case ChunkReader::State::Wrong:
      return refuse(400, "no body of HTTP/1.1: expected chunks");
    default:
      return state_;
    }
  }
  if (buffer.size() < length)
    return state_;
  bytes_ += length;
  if (buffer.size() == length) {
    request.body = std::move(buffer);
    buffer.clear();
  } else {
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
  }
  return state_ = State::Complete;
}

Request RequestReader::take() {
  Request taken = std::move(request);
  request = {};
  chunks.reset();
  host_.clear(), origin_.clear(), authorization_.clear();
  continue_ = measured = origin = false;
  looked = 0;
  length = bytes_ = 0;
  state_ = State::Empty;
  advance();
  return taken;
}

bool RequestReader::wantsContinue() {
  return state_ == State::Body && buffer.empty() && std::exchange(continue_, false);
}

std::string replyBytes(const Reply &reply, bool close, bool http10, bool head) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(reply.status));
  std::string bytes = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  bytes.append(reason.data(), reason.size());
  bytes += "\r\nContent-Type: " + reply.type.str() + "\r\nContent-Length: " + std::to_string(reply.body.size()) +
           "\r\nX-Content-Type-Options: nosniff\r\n" + reply.fields;
  if (close)
    bytes += "Connection: close\r\n";
  else if (http10)
    bytes += "Connection: keep-alive\r\n";
  bytes += "\r\n";
  if (!head)
    bytes += reply.body;
  return bytes;
}

Reply refusalReply(const Refusal &refusal) {
  Reply reply{refusal.status, errorAnswer(refusal.text)};
  if (refusal.status == 401)
    reply.fields = "WWW-Authenticate: Bearer realm=\"dlc\"\r\n";
  return reply;
}

} // namespace dlc::serve
