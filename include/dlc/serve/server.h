// Server: models behind a port of this machine. One thread speaks HTTP and computes nothing; workers (batcher.h) read
// numbers and compute. Signals, flags and messages are up to the program.
#pragma once

#include "dlc/serve/model.h"
#include "dlc/serve/tokens.h"

#include "absl/status/statusor.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace dlc::serve {

/// The page behind `GET /`: as the model asks for it, a canvas wherever the numbers of a sample can be one, or none.
enum class Ui : uint8_t { Auto, Draw, None };

struct ServerOptions {
  std::string host = "127.0.0.1"; ///< an address; with neither tokens nor `insecure` one of this machine alone
  uint16_t port = 8080;           ///< 0: any that is free
  unsigned threads = 1;           ///< workers
  double maxDelay = 0;            ///< seconds that a batch which is not full waits for more
  size_t queue = 1024;            ///< requests that wait for a worker; more are answered 503
  size_t connections = 8192;      ///< open at once; of one address three quarters of them
  double timeout = 10;            ///< seconds that a request may take to arrive, and an answer to leave
  double idle = 60;               ///< seconds that a connection may be silent between two requests
  Ui ui = Ui::Auto;
  Tokens tokens = {};               ///< of which a request has to name one, unless there are none
  bool insecure = false;            ///< other machines are served without tokens: somebody else checks who asks
  llvm::raw_ostream *log = nullptr; ///< a line of JSON for each request; used by one thread, must outlive the server
};

/// Whether the server may listen there, as these options are; otherwise InvalidArgument.
absl::Status checkAddress(const ServerOptions &options);
/// Whether an address is one of this machine alone: 127.x.y.z or ::1.
bool isLoopbackAddress(const std::string &host);

class Server {
public:
  /// Listens and answers from now on. The models must have been made for as many callers as there are threads.
  /// InvalidArgument as checkAddress() has it; otherwise what the system says.
  static absl::StatusOr<std::unique_ptr<Server>> start(Models models, ServerOptions options);
  /// Ends at once.
  ~Server();

  uint16_t port() const;
  /// "http://127.0.0.1:8080"
  std::string address() const;
  /// From now on requests are for these models, made as those of start(); what has begun is answered by those of
  /// before.
  void replace(Models models);
  /// From now on one of these has to be named, as by start(); there must be some where start() had some.
  void admit(Tokens tokens);
  /// Takes no more connections, answers what has begun for at most `seconds`, and ends. Whether all was answered.
  bool drain(double seconds);

private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace dlc::serve
