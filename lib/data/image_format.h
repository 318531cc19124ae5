// What the decoders of pictures share: trouble with a byte offset, sizes held against the file, EXIF.
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

/// The orientation in EXIF data, which are a TIFF file without pixels; 1 where they say none, or make no sense.
Orientation orientationIn(llvm::StringRef exif);

/// info() and decode() of a format that has a class `Decoder(TextFile)` with header() and then rows(row).
template <class Decoder> Fallible<ImageInfo> infoBy(TextFile file) { return Decoder(file).header(); }
template <class Decoder> Checked decodeBy(TextFile file, RowSink row) {
  Decoder decoder(file);
  DLC_PASS_ON(decoder.header());
  return decoder.rows(row);
}

/// info() of a format whose `readHeader` gives a header with an ImageInfo in it.
template <auto readHeader> Fallible<ImageInfo> infoOf(TextFile file) {
  DLC_TRY(auto header, readHeader(file));
  return header.info;
}

} // namespace dlc::data
