// ChunkReader: a body in chunks (RFC 9112, 7.1), from pieces of any size. It keeps no bytes that it cannot use yet, and
// knows nothing of headers.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace dlc::serve {

class ChunkReader {
public:
  enum class State : uint8_t { Size, Bytes, End, Trailer, Complete, Wrong, TooLong };

  /// Appends to `body`, which may have `most` bytes, what `bytes` have of it, and gives how many of them were read. The
  /// rest comes again, in front of what follows. `line` bytes may belong to a line of a size or behind the last chunk.
  size_t read(llvm::StringRef bytes, std::string &body, uint64_t most, size_t line);
  State state() const { return state_; }

private:
  /// The next line, without its end; what is behind it stays in `bytes`. False if it is not there as a whole, or wrong.
  bool next(llvm::StringRef &bytes, llvm::StringRef &text, size_t line);
  void size(llvm::StringRef text, const std::string &body, uint64_t most);

  State state_ = State::Size;
  uint64_t left = 0;   ///< of the chunk
  size_t trailers = 0; ///< bytes of fields behind the last
};

} // namespace dlc::serve
