// Unpacking deflate data whose size and checksum are known beforehand, as in a zip archive.
// gunzip.cpp unpacks what brings its own frame.
#include "dlc/support/files.h"
#include "dlc/support/last_words.h"

#include "absl/strings/str_cat.h"
#include "dlc/support/strings.h"

#include <algorithm>
#include <zlib.h>

namespace dlc {

uint32_t crc32Of(llvm::StringRef bytes) {
  return static_cast<uint32_t>(
      crc32_z(crc32(0, nullptr, 0), reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
}

absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> inflateRaw(llvm::StringRef packed, uint64_t size,
                                                               llvm::StringRef name) {
  // Deflate makes at most 1032 bytes of one: a larger size is a lie, and is refused before memory is taken for it.
  if (size / 1040 > packed.size())
    return absl::DataLossError(absl::StrCat(av(name), ": ", packed.size(), " bytes cannot decompress to ", size));
  std::unique_ptr<llvm::WritableMemoryBuffer> out = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(size, name);
  z_stream z{};
  if (!out || inflateInit2(&z, -15) != Z_OK)
    allocationFailed();
  // zlib counts in 32 bits: large files go in pieces.
  constexpr uint64_t kPiece = 1u << 30;
  uint64_t read = 0, written = 0;
  int result = Z_OK;
  while (result == Z_OK) {
    uint64_t in = std::min<uint64_t>(kPiece, packed.size() - read), room = std::min(kPiece, size - written);
    z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data() + read));
    z.avail_in = static_cast<uInt>(in);
    z.next_out = reinterpret_cast<Bytef *>(out->getBufferStart() + written);
    z.avail_out = static_cast<uInt>(room);
    result = inflate(&z, Z_NO_FLUSH);
    read += in - z.avail_in;
    written += room - z.avail_out;
    if (result == Z_OK && in == z.avail_in && room == z.avail_out)
      result = Z_BUF_ERROR;
  }
  inflateEnd(&z);
  if (result == Z_MEM_ERROR)
    allocationFailed();
  if (result != Z_STREAM_END || written != size)
    return absl::DataLossError(absl::StrCat(av(name), " does not decompress to ", size, " bytes"));
  return std::unique_ptr<llvm::MemoryBuffer>(std::move(out));
}

} // namespace dlc
