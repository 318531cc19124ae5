// Zip archives from their bytes, as far as .npz files need them: the directory at the end, stored and deflated files.
// No encryption, no archives in several parts.
#include "dlc/data/formats.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/Support/Endian.h"

namespace dlc::data {
namespace {

using namespace llvm::support::endian;

Trouble zipTrouble(TextFile file, uint64_t at, const llvm::Twine &message) {
  return {.code = "E306",
          .message = ("damaged zip archive at byte " + llvm::Twine(at) + ": " + message).str(),
          .place = {.file = file.name.str()}};
}

struct Entry {
  std::string name;
  unsigned method = 0;
  uint32_t crc = 0;
  uint64_t packed = 0, size = 0, header = 0;
};

/// Sizes that do not fit into 32 bits stand in an extra field, in this order.
bool readZip64(llvm::StringRef extra, Entry &entry) {
  while (extra.size() >= 4) {
    unsigned id = read16le(extra.data()), length = read16le(extra.data() + 2);
    extra = extra.drop_front(4);
    if (length > extra.size())
      return false;
    if (id == 1) {
      llvm::StringRef field = extra.take_front(length);
      for (uint64_t *value : {&entry.size, &entry.packed, &entry.header})
        if (*value == 0xffffffff) {
          if (field.size() < 8)
            return false;
          *value = read64le(field.data());
          field = field.drop_front(8);
        }
      return true;
    }
    extra = extra.drop_front(length);
  }
  return entry.size != 0xffffffff && entry.packed != 0xffffffff && entry.header != 0xffffffff;
}

/// Where the directory begins, and how many files it lists.
Fallible<std::pair<uint64_t, uint64_t>> findDirectory(TextFile file) {
  llvm::StringRef b = file.bytes;
  size_t end = b.rfind("PK\5\6");
  if (!b.starts_with("PK"))
    return Trouble{.code = "E306",
                   .message = "not a zip archive: it does not begin with 50 4B",
                   .place = {.file = file.name.str()}};
  if (end == llvm::StringRef::npos || b.size() - end < 22)
    return zipTrouble(file, b.size(), "there is no directory at its end");
  uint64_t count = read16le(b.data() + end + 10), begin = read32le(b.data() + end + 16);
  if ((count == 0xffff || begin == 0xffffffff) && end >= 20 && b.substr(end - 20, 4) == llvm::StringRef("PK\6\7")) {
    uint64_t record = read64le(b.data() + end - 20 + 8);
    if (record > b.size() || b.size() - record < 56 || b.substr(record, 4) != llvm::StringRef("PK\6\6"))
      return zipTrouble(file, end - 20, "the directory is not where it should be");
    count = read64le(b.data() + record + 32);
    begin = read64le(b.data() + record + 48);
  }
  return std::pair(begin, count);
}

Fallible<std::shared_ptr<const llvm::MemoryBuffer>> unpack(TextFile file, const Entry &entry) {
  llvm::StringRef b = file.bytes;
  uint64_t at = entry.header;
  if (at > b.size() || b.size() - at < 30 || b.substr(at, 4) != llvm::StringRef("PK\3\4"))
    return zipTrouble(file, at, entry.name + " is not where the directory says");
  uint64_t begin = at + 30 + read16le(b.data() + at + 26) + read16le(b.data() + at + 28);
  if (begin > b.size() || entry.packed > b.size() - begin)
    return zipTrouble(file, b.size(), "the file ends inside " + entry.name);
  llvm::StringRef packed = b.substr(begin, entry.packed);
  std::unique_ptr<llvm::MemoryBuffer> out;
  if (entry.method == 0) {
    if (entry.size != entry.packed)
      return zipTrouble(file, at, "the size of " + entry.name + " is impossible");
    out = copyToBuffer(packed, (file.name + ":" + entry.name).str());
  } else {
    auto unpacked = inflateRaw(packed, entry.size, entry.name);
    if (!unpacked.ok())
      return zipTrouble(file, begin, ref(unpacked.status().message()));
    out = *std::move(unpacked);
  }
  if (crc32Of(out->getBuffer()) != entry.crc)
    return zipTrouble(file, begin, "the checksum of " + entry.name + " is wrong");
  return std::shared_ptr<const llvm::MemoryBuffer>(std::move(out));
}

} // namespace

bool looksLikeZip(llvm::StringRef bytes) { return bytes.starts_with("PK\3\4"); }

Fallible<std::vector<ZipMember>> parseZip(TextFile file, llvm::function_ref<bool(llvm::StringRef)> wanted) {
  DLC_TRY(auto directory, findDirectory(file));
  llvm::StringRef b = file.bytes;
  std::vector<ZipMember> members;
  auto [at, count] = directory;
  for (uint64_t i = 0; i < count; ++i) {
    if (at > b.size() || b.size() - at < 46 || b.substr(at, 4) != llvm::StringRef("PK\1\2"))
      return zipTrouble(file, std::min<uint64_t>(at, b.size()), "the directory ends too soon");
    const char *p = b.data() + at;
    uint64_t name = read16le(p + 28), extra = read16le(p + 30), comment = read16le(p + 32);
    if (b.size() - at - 46 < name + extra + comment)
      return zipTrouble(file, b.size(), "the directory ends too soon");
    Entry entry{b.substr(at + 46, name).str(),
                read16le(p + 10),
                read32le(p + 16),
                read32le(p + 20),
                read32le(p + 24),
                read32le(p + 42)};
    if (!readZip64(b.substr(at + 46 + name, extra), entry))
      return zipTrouble(file, at, "the sizes of " + entry.name + " are missing");
    if (wanted(entry.name)) {
      if ((entry.method != 0 && entry.method != 8) || (read16le(p + 8) & 1))
        return zipTrouble(file, at, entry.name + " is encrypted, or compressed by method " + llvm::Twine(entry.method));
      DLC_TRY(auto bytes, unpack(file, entry));
      members.push_back({entry.name, bytes});
    } else {
      members.push_back({entry.name, nullptr});
    }
    at += 46 + name + extra + comment;
  }
  return members;
}

} // namespace dlc::data
