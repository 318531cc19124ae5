// A line of JSON for each request: when, what, how large, how long. Nothing that a client wrote is in it: paths are
// those of the routes, models those that are served. Private to serve.
#pragma once

#include "connection.h"

#include "llvm/Support/raw_ostream.h"

namespace dlc::serve {

/// One line, written as a whole. `write` is in seconds.
void logRequest(llvm::raw_ostream &os, const Connection &connection, double write);

} // namespace dlc::serve
