// Extensions of chunks and fields behind the last one mean nothing here; they are read and forgotten.
// Lines end with CRLF alone, and sizes are hexadecimal digits alone: what could be read in two ways is refused.
#include "dlc/serve/chunks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace dlc::serve {

bool ChunkReader::next(llvm::StringRef &bytes, llvm::StringRef &text, size_t line) {
  const size_t end = bytes.find('\n');
  text = bytes.take_front(end);
  const bool whole = end != llvm::StringRef::npos;
  if (text.size() > line || (whole && !text.ends_with("\r"))) {
    state_ = State::Wrong;
    return false;
  }
  if (!whole)
    return false;
  bytes = bytes.drop_front(end + 1);
  text = text.drop_back();
  if (llvm::any_of(text.bytes(), [](uint8_t c) { return (c < 0x20 && c != '\t') || c == 0x7F; }))
    state_ = State::Wrong;
  return state_ != State::Wrong;
}

void ChunkReader::size(llvm::StringRef text, const std::string &body, uint64_t most) {
  const llvm::StringRef digits = text.take_while(llvm::isHexDigit), rest = text.drop_front(digits.size()).ltrim(" \t");
  if (digits.empty() || digits.getAsInteger(16, left) || (!rest.empty() && rest.front() != ';')) {
    state_ = State::Wrong;
    return;
  }
  state_ = left > most - body.size() ? State::TooLong : left == 0 ? State::Trailer : State::Bytes;
}

size_t ChunkReader::read(llvm::StringRef bytes, std::string &body, uint64_t most, size_t line) {
  llvm::StringRef rest = bytes, text;
  for (;;) {
    switch (state_) {
    case State::Size:
      if (!next(rest, text, line))
        return bytes.size() - rest.size();
      size(text, body, most);
      break;
    case State::Bytes: {
      const auto count = static_cast<size_t>(std::min<uint64_t>(left, rest.size()));
      body.append(rest.data(), count);
      rest = rest.drop_front(count);
      left -= count;
      if (left > 0)
        return bytes.size() - rest.size();
      state_ = State::End;
      break;
    }
    case State::End:
      if (!next(rest, text, 1))
        return bytes.size() - rest.size();
      state_ = text.empty() ? State::Size : State::Wrong;
      break;
    case State::Trailer:
      if (!next(rest, text, line - trailers))
        return bytes.size() - rest.size();
      trailers += std::min(line - trailers, text.size());
      state_ = text.empty() ? State::Complete : State::Trailer;
      break;
    default:
      return bytes.size() - rest.size();
    }
  }
}

} // namespace dlc::serve
