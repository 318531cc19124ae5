// Implements Sources: finding the buffer of a pointer and its line by bisection over line starts.
// Line tables are built when a buffer is added, so that looking up a place never scans the text.
#include "dlc/support/sources.h"

#include "dlc/support/files.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace dlc {

struct Sources::Buffer {
  std::unique_ptr<llvm::MemoryBuffer> memory;
  std::vector<size_t> lineStarts; // offsets; the first is 0
  unsigned index = 0;

  llvm::StringRef text() const { return memory->getBuffer(); }
  const char *begin() const { return memory->getBufferStart(); }
  const char *end() const { return memory->getBufferEnd(); }
};

Sources::Sources() = default;
Sources::~Sources() = default;

llvm::StringRef Sources::add(llvm::StringRef name, llvm::StringRef text) { return add(copyToBuffer(text, name)); }

llvm::StringRef Sources::add(std::unique_ptr<llvm::MemoryBuffer> memory) {
  auto buffer = std::make_unique<Buffer>();
  buffer->memory = std::move(memory);
  buffer->index = static_cast<unsigned>(buffers.size());
  llvm::StringRef text = buffer->text();
  buffer->lineStarts.push_back(0);
  for (size_t at = text.find('\n'); at != llvm::StringRef::npos; at = text.find('\n', at + 1))
    buffer->lineStarts.push_back(at + 1);
  buffers.push_back(std::move(buffer));
  return text;
}

const Sources::Buffer *Sources::find(llvm::SMLoc at) const {
  if (!at.isValid())
    return nullptr;
  const char *p = at.getPointer();
  // The end belongs to the buffer: errors at the end of the file point there.
  for (const auto &buffer : buffers)
    if (p >= buffer->begin() && p <= buffer->end())
      return buffer.get();
  return nullptr;
}

llvm::StringRef Sources::fileOf(llvm::SMLoc at) const {
  const Buffer *buffer = find(at);
  return buffer ? buffer->memory->getBufferIdentifier() : llvm::StringRef();
}

llvm::StringRef Sources::bufferOf(llvm::SMLoc at) const {
  const Buffer *buffer = find(at);
  return buffer ? buffer->text() : llvm::StringRef();
}

Position Sources::position(Loc loc) const {
  const Buffer *buffer = find(loc.Start);
  if (!buffer)
    return {};
  size_t offset = static_cast<size_t>(loc.Start.getPointer() - buffer->begin());
  auto next = llvm::upper_bound(buffer->lineStarts, offset);
  size_t lineStart = *std::prev(next);
  size_t lineEnd = next == buffer->lineStarts.end() ? buffer->text().size() : *next - 1;
  Position position;
  position.file = buffer->memory->getBufferIdentifier();
  position.line = static_cast<unsigned>(next - buffer->lineStarts.begin());
  position.column = static_cast<unsigned>(offset - lineStart + 1);
  position.lineText = buffer->text().slice(lineStart, lineEnd);
  position.lineText.consume_back("\r");
  size_t end = offset;
  if (loc.End.isValid() && loc.End.getPointer() >= loc.Start.getPointer() && loc.End.getPointer() <= buffer->end())
    end = static_cast<size_t>(loc.End.getPointer() - buffer->begin());
  end = std::max(std::min(end, lineStart + position.lineText.size()), offset);
  position.endColumn = static_cast<unsigned>(end - lineStart + 1);
  return position;
}

std::string Sources::where(Loc loc) const {
  Position p = position(loc);
  if (p.line == 0)
    return {};
  return (p.file + ":" + llvm::Twine(p.line) + ":" + llvm::Twine(p.column)).str();
}

std::pair<unsigned, size_t> Sources::order(Loc loc) const {
  const Buffer *buffer = find(loc.Start);
  if (!buffer)
    return {~0u, 0};
  return {buffer->index, static_cast<size_t>(loc.Start.getPointer() - buffer->begin())};
}

} // namespace dlc
