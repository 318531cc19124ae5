// Tokens: the secrets of which a client has to know one, and the question whether it does.
// Where they are kept, and what may be asked without one, is up to others.
#pragma once

#include "absl/status/statusor.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <vector>

namespace dlc::serve {

class Tokens {
public:
  /// Shorter ones can be guessed.
  static constexpr size_t kShort = 16;

  /// A token per line, of the characters that RFC 6750 allows; blanks around it, empty lines and lines that begin with
  /// '#' do not count. InvalidArgument for a line that is no token ("line 3: ..."), and for a text without any.
  static absl::StatusOr<Tokens> parse(llvm::StringRef text);

  /// There are none: nothing is asked for.
  bool empty() const { return digests.empty(); }
  /// The bytes of the shortest.
  size_t shortest() const { return shortest_; }
  /// Whether the field `Authorization` of a request holds one: "Bearer ...". How long that takes does not depend on how
  /// much of it is right.
  bool allow(llvm::StringRef authorization) const;

private:
  using Digest = std::array<uint8_t, 32>;
  std::vector<Digest> digests;
  size_t shortest_ = 0;
};

} // namespace dlc::serve
