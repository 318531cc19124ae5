// Which format a picture has, and its pixels sorted by channel and turned upright.
// The formats themselves have a file each, decode_*.cpp.
#include "image_format.h"

#include "llvm/Support/Path.h"

namespace dlc::data {

llvm::ArrayRef<ImageFormat> imageFormats() {
  static const ImageFormat formats[] = {kPng, kJpeg, kPnm, kBmp};
  return formats;
}

bool hasImageExtension(llvm::StringRef name) {
  llvm::StringRef extension = llvm::sys::path::extension(name);
  for (llvm::StringRef known : {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".pgm", ".ppm", ".pnm", ".bmp", ".dib"})
    if (extension.equals_insensitive(known))
      return true;
  return false;
}

namespace {
const ImageFormat *formatOf(llvm::StringRef bytes) {
  for (const ImageFormat &format : imageFormats())
    if (format.recognises(bytes))
      return &format;
  return nullptr;
}
} // namespace

llvm::StringRef imageFormatName(llvm::StringRef beginning) {
  const ImageFormat *format = formatOf(beginning);
  return format ? llvm::StringRef(format->name) : "";
}

llvm::StringRef foreignImageName(llvm::StringRef b) {
  if (b.starts_with("RIFF") && b.substr(8, 4) == "WEBP")
    return "WEBP";
  if (b.starts_with(llvm::StringRef("II*\0", 4)) || b.starts_with(llvm::StringRef("MM\0*", 4)) ||
      b.starts_with(llvm::StringRef("II+\0", 4)) || b.starts_with(llvm::StringRef("MM\0+", 4)))
    return "TIFF";
  if (b.starts_with("GIF87a") || b.starts_with("GIF89a"))
    return "GIF";
  if (b.substr(4, 4) == "ftyp") {
    for (llvm::StringRef brand : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"})
      if (b.substr(8, 4) == brand)
        return "HEIC";
    for (llvm::StringRef brand : {"avif", "avis"})
      if (b.substr(8, 4) == brand)
        return "AVIF";
  }
  if (b.starts_with("\xff\x0a") || b.starts_with(llvm::StringRef("\0\0\0\x0cJXL ", 8)))
    return "JPEG XL";
  if (b.starts_with(llvm::StringRef("\0\0\0\x0cjP  ", 8)) || b.starts_with("\xff\x4f\xff\x51"))
    return "JPEG 2000";
  if (b.starts_with("8BPS"))
    return "Photoshop";
  return "";
}

ImageInfo ImageInfo::turned(Orientation turn) const {
  ImageInfo info = *this;
  info.orientation = turn;
  if (info.onItsSide())
    std::swap(info.width, info.height);
  return info;
}

Fallible<ImageInfo> imageInfo(TextFile file) {
  if (const ImageFormat *format = formatOf(file.bytes))
    return format->info(file);
  if (file.bytes.empty())
    return imageTrouble(file, "the file is empty");
  Trouble trouble = imageTrouble(file, "not a picture: neither PNG nor JPEG, PGM, PPM or BMP");
  if (llvm::StringRef name = foreignImageName(file.bytes); !name.empty()) {
    trouble.message = ((name == "AVIF" ? "an " : "a ") + name + " picture, which dlc does not support").str();
    trouble.help = "convert it to PNG or JPEG";
  }
  return trouble;
}

namespace {

/// Where the pixels of a stored row go: the first one, and from each to the next.
struct Way {
  ptrdiff_t first, step;
};
Way wayOf(const ImageInfo &info, uint32_t y) {
  const auto w = static_cast<ptrdiff_t>(info.width), h = static_cast<ptrdiff_t>(info.height);
  const auto row = static_cast<ptrdiff_t>(y);
  switch (info.orientation) {
  case 2:
    return {row * w + w - 1, -1};
  case 3:
    return {(h - 1 - row) * w + w - 1, -1};
  case 4:
    return {(h - 1 - row) * w, 1};
  case 5:
    return {row, w};
  case 6:
    return {w - 1 - row, w};
  case 7:
    return {(h - 1) * w + w - 1 - row, -w};
  case 8:
    return {(h - 1) * w + row, -w};
  default:
    return {row * w, 1};
  }
}

/// A stored value in the depth that is wanted.
template <class T, class From> T asDeep(From value) {
  if constexpr (sizeof(T) == sizeof(From))
    return static_cast<T>(value);
  else if constexpr (sizeof(T) > sizeof(From))
    return static_cast<T>(value * 257u);
  else
    return static_cast<T>((value * 255u + 32767u) / 65535u);
}

template <class T, class From>
void putRow(const From *from, unsigned components, const ImageInfo &info, uint32_t y, unsigned channels, T *pixels) {
  const uint64_t plane = info.pixels();
  const Way way = wayOf(info, y);
  const uint32_t count = info.onItsSide() ? info.height : info.width;
  for (unsigned c = 0; c < channels; ++c) {
    T *to = pixels + c * plane + way.first;
    for (uint32_t x = 0; x < count; ++x) {
      const From *pixel = from + size_t{components} * x;
      const uint32_t value = components == 1 ? pixel[0] : channels == 1 ? luma(pixel[0], pixel[1], pixel[2]) : pixel[c];
      to[static_cast<ptrdiff_t>(x) * way.step] = asDeep<T>(static_cast<From>(value));
    }
  }
}

template <class T> Checked decode(TextFile file, const ImageInfo &info, unsigned channels, T *pixels) {
  const ImageFormat *format = formatOf(file.bytes);
  if (!format)
    return imageTrouble(file, "no longer a picture");
  // A file may have been replaced since its header was read; its new size must not decide how far we write.
  DLC_TRY(auto now, format->info(file));
  if (now.width != info.width || now.height != info.height || now.orientation != info.orientation)
    return imageTrouble(file, "the size of the picture has changed since training began");
  return format->decode(file, [&](uint32_t y, const PixelRow &row) {
    if (row.words)
      putRow(row.words, row.components, info, y, channels, pixels);
    else
      putRow(row.bytes, row.components, info, y, channels, pixels);
  });
}

} // namespace

Checked decodeImage(TextFile file, const ImageInfo &info, unsigned channels, uint8_t *pixels) {
  return decode(file, info, channels, pixels);
}
Checked decodeImage(TextFile file, const ImageInfo &info, unsigned channels, uint16_t *pixels) {
  return decode(file, info, channels, pixels);
}

} // namespace dlc::data
