// The orientation in the EXIF data of a picture.
// All other EXIF data, and damaged data, are ignored.
#include "image_format.h"

#include "llvm/Support/Endian.h"

namespace dlc::data {

Orientation orientationIn(llvm::StringRef exif) {
  using namespace llvm::support;
  constexpr uint16_t kOrientation = 0x112, kByte = 1, kShort = 3, kLong = 4;
  constexpr size_t kHeader = 8, kEntry = 12;
  const bool big = exif.starts_with("MM");
  if (exif.size() < kHeader || !(big || exif.starts_with("II")))
    return 1;
  auto word = [&](size_t at) { return big ? endian::read16be(exif.data() + at) : endian::read16le(exif.data() + at); };
  auto number = [&](size_t at) {
    return big ? endian::read32be(exif.data() + at) : endian::read32le(exif.data() + at);
  };
  const size_t table = number(4);
  if (word(2) != 42 || table + 2 > exif.size())
    return 1;
  for (size_t i = 0, at = table + 2; i < word(table) && at + kEntry <= exif.size(); ++i, at += kEntry) {
    if (word(at) != kOrientation)
      continue;
    const uint16_t type = word(at + 2);
    const uint32_t value = type == kShort  ? word(at + 8)
                           : type == kLong ? number(at + 8)
                           : type == kByte ? static_cast<unsigned char>(exif[at + 8])
                                           : 1;
    return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation{1};
  }
  return 1;
}

} // namespace dlc::data
