// Digests are compared, not texts: they are all of one length, and whoever measures how many bytes of one were right
// has learned nothing of the token. All of them are compared to the end all the same.
#include "dlc/serve/tokens.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

#include <algorithm>
#include <string>

namespace dlc::serve {
namespace {

bool isOfToken(char c) { return llvm::isAlnum(c) || llvm::StringRef("-._~+/=").contains(c); }

std::array<uint8_t, 32> digestOf(llvm::StringRef text) { return llvm::SHA256::hash(llvm::arrayRefFromStringRef(text)); }

} // namespace

absl::StatusOr<Tokens> Tokens::parse(llvm::StringRef text) {
  Tokens tokens;
  for (size_t number = 1; !text.empty(); ++number) {
    llvm::StringRef line;
    std::tie(line, text) = text.split('\n');
    line = line.trim();
    if (line.empty() || line.starts_with("#"))
      continue;
    if (!llvm::all_of(line, isOfToken)) // the line itself is nobody's business
      return absl::InvalidArgumentError("line " + std::to_string(number) +
                                        ": a token may have letters, digits and -._~+/= only");
    tokens.digests.push_back(digestOf(line));
    tokens.shortest_ = tokens.digests.size() == 1 ? line.size() : std::min(tokens.shortest_, line.size());
  }
  if (tokens.empty())
    return absl::InvalidArgumentError("there is no token in it");
  return tokens;
}

bool Tokens::allow(llvm::StringRef authorization) const {
  auto [scheme, token] = authorization.split(' ');
  if (!scheme.equals_insensitive("bearer"))
    return false;
  const Digest given = digestOf(token.trim(' '));
  unsigned found = 0;
  for (const Digest &digest : digests) {
    volatile uint8_t difference = 0; // volatile: the loop is not to end at the first
    for (size_t i = 0; i < digest.size(); ++i)
      difference = difference | static_cast<uint8_t>(digest[i] ^ given[i]);
    found |= difference == 0;
  }
  return found != 0;
}

} // namespace dlc::serve
