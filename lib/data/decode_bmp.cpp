// BMP as Windows and its relatives write it: 1, 4, 8, 24 and 32 bits a pixel, bottom-up or top-down.
// Run-length coding, unusual bit-field layouts and embedded pictures are rejected.
#include "image_format.h"

#include "llvm/Support/Endian.h"

namespace dlc::data {
namespace {

using namespace llvm::support::endian;

struct Header {
  ImageInfo info;
  bool topDown = false;
  unsigned bits = 24;
  size_t begin = 0, stride = 0;
  size_t palette = 0; ///< its place; it has `colours` entries of `entry` bytes
  uint32_t colours = 0;
  unsigned entry = 4;
};

/// "BM" alone begins many a text; so few bytes are those of a file that was cut off.
bool recognises(llvm::StringRef bytes) {
  constexpr size_t kHeaderSize = 14;
  if (!bytes.starts_with("BM"))
    return false;
  if (bytes.size() < kHeaderSize + 4)
    return bytes.contains('\0');
  const uint32_t size = read32le(bytes.data() + kHeaderSize);
  return size >= 12 && size <= 1024;
}

Fallible<Header> readHeader(TextFile file) {
  llvm::StringRef b = file.bytes;
  const char *p = b.data();
  auto ends = [&] {
    return imageTrouble(file, "the file ends at byte " + llvm::Twine(b.size()) + ", inside its header");
  };
  if (b.size() < 26)
    return ends();
  Header h;
  h.begin = read32le(p + 10);
  uint32_t size = read32le(p + 14), compression = 0;
  int64_t width, height;
  if (size == 12) { // OS/2
    width = read16le(p + 18);
    height = read16le(p + 20);
    h.bits = read16le(p + 24);
    h.entry = 3;
  } else {
    if (size < 40 || size > 1024)
      return imageTrouble(file, "a header of " + llvm::Twine(size) + " bytes (byte 14) is not supported");
    if (b.size() < 54)
      return ends();
    width = static_cast<int32_t>(read32le(p + 18));
    height = static_cast<int32_t>(read32le(p + 22));
    h.bits = read16le(p + 28);
    compression = read32le(p + 30);
    h.colours = read32le(p + 46);
  }
  h.topDown = height < 0;
  height = height < 0 ? -height : height;
  if (width <= 0 || height == 0)
    return imageTrouble(file, "the picture is " + llvm::Twine(width) + "x" + llvm::Twine(height) + " (byte 18)");
  h.info.width = static_cast<uint32_t>(width);
  h.info.height = static_cast<uint32_t>(height);
  if (h.bits != 1 && h.bits != 4 && h.bits != 8 && h.bits != 24 && h.bits != 32)
    return imageTrouble(file, llvm::Twine(h.bits) + " bits per pixel (byte 28) are not supported");
  // 3: bit fields. With 32 bits nearly everybody means blue, green, red, alpha; anything else is refused.
  bool fields = compression == 3 && h.bits == 32;
  if (compression != 0 && !fields)
    return imageTrouble(file, "compression " + llvm::Twine(compression) + " (byte 30) is not supported");
  h.palette = 14 + size_t{size};
  if (fields) {
    if (b.size() < 66)
      return ends();
    if (read32le(p + 54) != 0xff0000 || read32le(p + 58) != 0xff00 || read32le(p + 62) != 0xff)
      return imageTrouble(file, "the order of colours (byte 54) is not supported");
  }
  if (h.bits <= 8) {
    uint32_t most = 1u << h.bits;
    if (h.colours == 0)
      h.colours = most;
    if (h.colours > most)
      return imageTrouble(file, "a palette of " + llvm::Twine(h.colours) + " colours (byte 46) for " +
                                    llvm::Twine(h.bits) + " bits per pixel");
    if (h.palette + size_t{h.entry} * h.colours > b.size())
      return ends();
  }
  DLC_PASS_ON(checkSize(file, h.info, 8));
  h.stride = (uint64_t{h.info.width} * h.bits + 31) / 32 * 4;
  uint64_t bytes = uint64_t{h.stride} * h.info.height;
  if (h.begin < h.palette || h.begin > b.size() || bytes > b.size() - h.begin)
    return imageTrouble(file, "the pixels would be at bytes " + llvm::Twine(h.begin) + " to " +
                                  llvm::Twine(uint64_t{h.begin} + bytes) + ", but the file ends at byte " +
                                  llvm::Twine(b.size()));
  h.info.colour = h.bits > 8;
  for (uint32_t i = 0; i < h.colours && h.bits <= 8; ++i) {
    const char *c = p + h.palette + size_t{h.entry} * i;
    h.info.colour |= c[0] != c[1] || c[1] != c[2];
  }
  return h;
}

Checked decode(TextFile file, RowSink row) {
  DLC_TRY(auto header, readHeader(file));
  const Header &h = header;
  auto byte = [&](size_t at) { return static_cast<uint8_t>(file.bytes[at]); };
  std::vector<uint8_t> rgb(3 * size_t{h.info.width});
  for (uint32_t y = 0; y < h.info.height; ++y) {
    size_t line = h.begin + h.stride * (h.topDown ? y : h.info.height - 1 - y);
    for (uint32_t x = 0; x < h.info.width; ++x) {
      size_t at;
      if (h.bits > 8) {
        at = line + size_t{x} * (h.bits / 8);
      } else {
        unsigned perByte = 8 / h.bits, shift = (perByte - 1 - x % perByte) * h.bits;
        uint32_t index = byte(line + x / perByte) >> shift & ((1u << h.bits) - 1);
        if (index >= h.colours)
          return imageTrouble(file, "colour " + llvm::Twine(index) + " at byte " + llvm::Twine(line + x / perByte) +
                                        " is not in the palette of " + llvm::Twine(h.colours));
        at = h.palette + size_t{h.entry} * index;
      }
      for (unsigned c = 0; c < 3; ++c)
        rgb[3 * size_t{x} + c] = byte(at + 2 - c);
    }
    row(y, {.bytes = rgb.data(), .components = 3});
  }
  return allGood();
}

} // namespace

const ImageFormat kBmp = {.name = "BMP", .recognises = recognises, .info = infoOf<readHeader>, .decode = decode};
} // namespace dlc::data
