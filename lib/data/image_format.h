// What the decoders of pictures share: trouble with a byte offset, and writing pixels as the channels that are wanted.
// Private to data.
#pragma once

#include "dlc/data/image.h"

#include "llvm/ADT/Twine.h"

#include <vector>

namespace dlc::data {

extern const ImageFormat kPng, kJpeg, kPnm, kBmp;

inline Trouble imageTrouble(TextFile file, const llvm::Twine &message) {
  return {.code = "E306", .message = message.str(), .place = {.file = file.name.str()}};
}

/// E306 unless the size is sane: not empty, and at most `perByte` pixels for each byte of the file.
inline Checked checkSize(TextFile file, const ImageInfo &info, uint64_t perByte) {
  if (info.width == 0 || info.height == 0)
    return imageTrouble(file, "the picture is " + llvm::Twine(info.width) + "x" + llvm::Twine(info.height));
  if (info.pixels() / perByte > file.bytes.size())
    return imageTrouble(file, "the header says " + llvm::Twine(info.width) + "x" + llvm::Twine(info.height) +
                                  " pixels, more than " + llvm::Twine(file.bytes.size()) + " bytes can hold");
  return allGood();
}

/// info() and decode() of a format that has a class `Decoder(TextFile)` with header() and then rows(channels, row).
template <class Decoder> Fallible<ImageInfo> infoBy(TextFile file) { return Decoder(file).header(); }
template <class Decoder>
Checked decodeBy(TextFile file, unsigned channels, llvm::function_ref<void(uint32_t, const uint8_t *)> row) {
  Decoder decoder(file);
  if (auto header = decoder.header(); !header)
    return header.trouble();
  return decoder.rows(channels, row);
}

/// info() of a format whose `readHeader` gives a header with an ImageInfo in it.
template <auto readHeader> Fallible<ImageInfo> infoOf(TextFile file) {
  auto header = readHeader(file);
  if (!header)
    return header.trouble();
  return header->info;
}

/// Turns a row of r,g,b or of grey into the channels that are wanted.
inline void convertRow(const uint8_t *from, bool colour, unsigned channels, uint32_t width, uint8_t *to) {
  for (uint32_t x = 0; x < width; ++x)
    if (channels == 1)
      to[x] = colour ? luma(from[3 * x], from[3 * x + 1], from[3 * x + 2]) : from[x];
    else
      for (unsigned c = 0; c < 3; ++c)
        to[3 * x + c] = colour ? from[3 * x + c] : from[x];
}

} // namespace dlc::data
