// Names by which clients call a server, as they stand in the field Host: with or without a port, addresses of IPv6 in
// brackets. Nothing is looked up.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace dlc::serve {

/// localhost, 127.x.y.z, [::1].
bool isLoopbackName(llvm::StringRef host);
/// Any address, of IPv4 or IPv6.
bool isAddress(llvm::StringRef host);
/// "gpu:8080" -> "gpu"; "" for what is no Host.
llvm::StringRef withoutPort(llvm::StringRef host);

/// What others may call this machine: its name, with and without its domain, and under .local; in lower case.
std::vector<std::string> namesOfMachine();

} // namespace dlc::serve
