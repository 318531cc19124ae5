// Bytes that grow without ever throwing or aborting, and become a MemoryBuffer in the end without a copy.
// Private to support: LLVM's own growing buffers end the process when memory is short.
#pragma once

#include "dlc/support/last_words.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace dlc::support {

class OwnedBuffer final : public llvm::MemoryBuffer {
public:
  /// Takes `bytes` (from malloc), which has a NUL after its `size` bytes.
  OwnedBuffer(char *bytes, size_t size, llvm::StringRef name) : bytes(bytes), name(name) {
    init(bytes, bytes + size, /*RequiresNullTerminator=*/true);
  }
  ~OwnedBuffer() override { std::free(bytes); }
  llvm::StringRef getBufferIdentifier() const override { return name; }
  BufferKind getBufferKind() const override { return MemoryBuffer_Malloc; }

private:
  char *bytes;
  std::string name;
};

class GrowingBytes {
public:
  GrowingBytes() = default;
  GrowingBytes(const GrowingBytes &) = delete;
  GrowingBytes &operator=(const GrowingBytes &) = delete;
  ~GrowingBytes() { std::free(bytes); }

  uint64_t size() const { return used; }
  /// Room for `capacity` bytes and a NUL; false if there is no memory.
  bool reserve(uint64_t capacity) {
    if (capacity < room)
      return true;
    if (capacity >= SIZE_MAX / 2)
      return false;
    char *moved = static_cast<char *>(std::realloc(bytes, capacity + 1));
    if (!moved)
      return false;
    bytes = moved;
    room = capacity + 1;
    return true;
  }
  /// Appends `count` bytes of unknown content and returns where they begin; nullptr if there is no memory.
  char *grow(uint64_t count) {
    uint64_t wanted = used + count;
    if (wanted >= room && !reserve(wanted + wanted / 2) && !reserve(wanted))
      return nullptr;
    char *begin = bytes + used;
    used = wanted;
    return begin;
  }
  void shrink(uint64_t count) { used -= count; }
  std::unique_ptr<llvm::MemoryBuffer> take(llvm::StringRef name) && {
    if (!reserve(used)) // only when nothing was ever appended
      allocationFailed();
    // Gives back what doubling took too much; a refusal leaves the block as it was.
    if (char *fitted = static_cast<char *>(std::realloc(bytes, used + 1)))
      bytes = fitted;
    bytes[used] = 0;
    auto result = std::make_unique<OwnedBuffer>(bytes, used, name);
    bytes = nullptr;
    used = room = 0;
    return result;
  }

private:
  char *bytes = nullptr;
  uint64_t used = 0, room = 0;
};

} // namespace dlc::support
