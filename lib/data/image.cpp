// Which format a picture has, and its pixels sorted by channel.
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
  for (llvm::StringRef known : {".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pnm", ".bmp"})
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

Fallible<ImageInfo> imageInfo(TextFile file) {
  const ImageFormat *format = formatOf(file.bytes);
  if (!format)
    return imageTrouble(file, file.bytes.empty() ? "the file is empty"
                                                 : "not a picture: neither PNG nor JPEG, PGM, PPM or BMP");
  return format->info(file);
}

Checked decodeImage(TextFile file, const ImageInfo &info, unsigned channels, uint8_t *pixels) {
  const ImageFormat *format = formatOf(file.bytes);
  if (!format)
    return imageTrouble(file, "not a picture any more");
  // A file may have been replaced since its header was read; its new size must not decide how far we write.
  auto now = format->info(file);
  if (!now)
    return now.trouble();
  if (now->width != info.width || now->height != info.height)
    return imageTrouble(file, "the picture has changed its size since training began");
  const uint64_t plane = info.pixels();
  return format->decode(file, channels, [&](uint32_t y, const uint8_t *row) {
    for (unsigned c = 0; c < channels; ++c) {
      uint8_t *to = pixels + c * plane + uint64_t{y} * info.width;
      for (uint32_t x = 0; x < info.width; ++x)
        to[x] = row[channels * x + c];
    }
  });
}

} // namespace dlc::data
