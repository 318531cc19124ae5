// Unpacking gzip in memory, bounded by what the caller allows.
// It does not pack, and it opens no files.
#include "dlc/support/files.h"
#include "dlc/support/last_words.h"
#include "owned_buffer.h"

#include "absl/strings/str_cat.h"
#include "dlc/support/strings.h"
#include "llvm/Support/FileSystem.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <zlib.h>

namespace dlc {

std::string readBeginning(llvm::StringRef path, size_t size) {
  std::string bytes;
  if (!llvm::sys::fs::is_regular_file(path))
    return bytes;
  gzFile file = gzopen(path.str().c_str(), "rb"); // reads plain files as they are
  if (!file) {
    if (errno == ENOMEM)
      allocationFailed();
    return bytes;
  }
  bytes.resize(size);
  int got = gzread(file, bytes.data(), static_cast<unsigned>(size)), error = Z_OK;
  gzerror(file, &error);
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  gzclose(file);
  if (error == Z_MEM_ERROR)
    allocationFailed();
  return bytes;
}

bool looksGzipped(llvm::StringRef bytes) { return bytes.starts_with("\x1f\x8b"); }

uint64_t defaultGunzipLimit(uint64_t packed) {
  constexpr uint64_t kRatio = 200, kLeast = uint64_t{64} << 20;
  return packed > std::numeric_limits<uint64_t>::max() / kRatio ? std::numeric_limits<uint64_t>::max()
                                                                : std::max(kLeast, packed * kRatio);
}

namespace {
struct Inflater {
  z_stream stream{};
  bool ready;
  Inflater() : ready(inflateInit2(&stream, 15 + 16) == Z_OK) {} // 16: gzip only
  ~Inflater() {
    if (ready)
      inflateEnd(&stream);
  }
};
} // namespace

absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> gunzip(llvm::StringRef packed, llvm::StringRef name,
                                                           uint64_t maxBytes) {
  constexpr uint64_t kChunk = uint64_t{1} << 20;
  Inflater inflater;
  if (!inflater.ready)
    allocationFailed();
  z_stream &z = inflater.stream;
  support::GrowingBytes out;
  size_t taken = 0;
  auto damaged = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(av(name), ": ", what, " at byte ", taken, " of the gzip file"));
  };
  // The last four bytes of a member are its size modulo 2^32: a hint for the first allocation, nothing to rely on.
  if (packed.size() >= 18) {
    uint64_t hint = 0;
    for (size_t i = packed.size(); i > packed.size() - 4; --i)
      hint = hint << 8 | static_cast<unsigned char>(packed[i - 1]);
    if (hint <= maxBytes && hint / 1032 <= packed.size() && !out.reserve(hint))
      allocationFailed();
  }
  if (packed.empty())
    return damaged("unexpected end");
  while (true) {
    uint64_t room = std::min(kChunk, maxBytes - out.size());
    char *dst = out.grow(room + 1); // one byte more than allowed, to tell "just fits" from "too much"
    if (!dst)
      allocationFailed();
    uInt offered = static_cast<uInt>(std::min<uint64_t>(packed.size() - taken, uint64_t{1} << 30));
    z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data() + taken));
    z.avail_in = offered;
    z.next_out = reinterpret_cast<Bytef *>(dst);
    z.avail_out = static_cast<uInt>(room + 1);
    int result = inflate(&z, Z_NO_FLUSH);
    taken += offered - z.avail_in;
    out.shrink(z.avail_out);
    if (out.size() > maxBytes)
      return absl::ResourceExhaustedError(
          absl::StrCat(av(name), ": decompresses to more than ", maxBytes, " bytes; refusing a suspected zip bomb"));
    if (result == Z_STREAM_END) {
      if (taken == packed.size())
        return std::move(out).take(name);
      if (!looksGzipped(packed.substr(taken)))
        return damaged("unknown bytes after the end");
      inflateReset(&z); // the next member
      continue;
    }
    if (result == Z_MEM_ERROR)
      allocationFailed();
    if (result != Z_OK && result != Z_BUF_ERROR)
      return damaged(z.msg ? z.msg : "damaged data");
    if (taken == packed.size() && z.avail_out != 0)
      return damaged("unexpected end");
  }
}

absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> gunzip(llvm::StringRef packed, llvm::StringRef name) {
  return gunzip(packed, name, defaultGunzipLimit(packed.size()));
}

} // namespace dlc
