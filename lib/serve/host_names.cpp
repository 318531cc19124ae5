// Only the usual form of an address is one: 127.1 and 0x7f000001, which some systems read as 127.0.0.1, are not.
// A port may be any number.
#include "dlc/serve/host_names.h"

#include "llvm/ADT/StringExtras.h"

#include <arpa/inet.h>
#include <optional>
#include <unistd.h>

namespace dlc::serve {
namespace {

struct HostField {
  llvm::StringRef name;
  bool bracketed = false;
};

std::optional<HostField> split(llvm::StringRef host) {
  const bool bracketed = host.consume_front("[");
  const size_t end = host.find(bracketed ? ']' : ':');
  if (bracketed && end == llvm::StringRef::npos)
    return std::nullopt;
  llvm::StringRef port = host.drop_front(std::min(end, host.size()));
  if (bracketed)
    port = port.drop_front();
  if (!port.empty() && !port.consume_front(":"))
    return std::nullopt;
  if (!llvm::all_of(port, llvm::isDigit))
    return std::nullopt;
  return HostField{host.take_front(end), bracketed};
}

bool isOfFamily(int family, llvm::StringRef name) {
  in6_addr room;
  return inet_pton(family, name.str().c_str(), &room) == 1;
}

} // namespace

bool isLoopbackName(llvm::StringRef host) {
  const std::optional<HostField> field = split(host);
  if (!field)
    return false;
  if (field->bracketed)
    return field->name == "::1";
  return field->name.equals_insensitive("localhost") ||
         (field->name.starts_with("127.") && isOfFamily(AF_INET, field->name));
}

bool isAddress(llvm::StringRef host) {
  const std::optional<HostField> field = split(host);
  return field && isOfFamily(field->bracketed ? AF_INET6 : AF_INET, field->name);
}

llvm::StringRef withoutPort(llvm::StringRef host) {
  const std::optional<HostField> field = split(host);
  return field && !field->bracketed ? field->name : "";
}

std::vector<std::string> namesOfMachine() {
  char text[256] = {};
  if (gethostname(text, sizeof(text) - 1) != 0 || !*text)
    return {};
  const std::string whole = llvm::StringRef(text).lower(), first = llvm::StringRef(whole).split('.').first.str();
  return {whole, first, first + ".local"};
}

} // namespace dlc::serve
