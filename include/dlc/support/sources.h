// Source buffers and places in them: who owns the text, and which file, line and column a pointer stands for.
// It reads no files and prints no messages; diags.h does the latter.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SMLoc.h"
#include <memory>
#include <string>
#include <vector>

namespace dlc {

/// A stretch of source text: two pointers into a buffer of Sources, the end exclusive. May be invalid (no place known).
using Loc = llvm::SMRange;

inline Loc locOf(llvm::StringRef text) {
  return {llvm::SMLoc::getFromPointer(text.begin()), llvm::SMLoc::getFromPointer(text.end())};
}
/// The text that `loc` covers; empty for an invalid place.
inline llvm::StringRef textOf(Loc loc) {
  if (!loc.isValid())
    return {};
  return {loc.Start.getPointer(), static_cast<size_t>(loc.End.getPointer() - loc.Start.getPointer())};
}
/// From the beginning of `first` to the end of `last`.
inline Loc join(Loc first, Loc last) { return {first.Start, last.End}; }

/// Where something stands. Lines and columns count from 1; columns count bytes. `line` is 0 when there is no place.
struct Position {
  llvm::StringRef file;
  unsigned line = 0;
  unsigned column = 0;
  unsigned endColumn = 0;   ///< exclusive; a range over several lines ends with its first line
  llvm::StringRef lineText; ///< the whole line, without its line end
};

/// Owns every text that a Loc may point into: source files, `--set` arguments, IR files. Buffers live as long as this
/// object.
class Sources {
public:
  Sources();
  ~Sources();
  Sources(const Sources &) = delete;
  Sources &operator=(const Sources &) = delete;

  /// Keeps a copy of `text` under `name` and returns the kept text, which is followed by a NUL byte outside its length.
  llvm::StringRef add(llvm::StringRef name, llvm::StringRef text);
  /// Takes the buffer; its identifier is the name.
  llvm::StringRef add(std::unique_ptr<llvm::MemoryBuffer> buffer);

  /// The name of the buffer that holds `at`; empty if none does.
  llvm::StringRef fileOf(llvm::SMLoc at) const;
  /// The whole text of the buffer that holds `at`; empty if none does.
  llvm::StringRef bufferOf(llvm::SMLoc at) const;
  /// Position of the beginning of `loc` (line 0 for a place in no buffer). Logarithmic in the number of lines.
  Position position(Loc loc) const;
  /// "net.dsl:3:7", or "" for a place in no buffer.
  std::string where(Loc loc) const;
  /// Places in order of their buffers and offsets; a place in no buffer sorts last.
  std::pair<unsigned, size_t> order(Loc loc) const;

private:
  struct Buffer;
  const Buffer *find(llvm::SMLoc at) const;
  std::vector<std::unique_ptr<Buffer>> buffers;
};

} // namespace dlc
