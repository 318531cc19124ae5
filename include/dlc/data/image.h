// Decoding of pictures: PNG, JPEG, PGM/PPM and BMP, from bytes to channels of bytes. Pure functions that open no files;
// nothing is allocated before the sizes in a header were held against the bytes that are there.
#pragma once

#include "dlc/data/formats.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>

namespace dlc::data {

/// What the header of a picture says.
struct ImageInfo {
  uint32_t width = 0, height = 0;
  bool colour = false; ///< more than shades of grey

  uint64_t pixels() const { return uint64_t{width} * height; }
};

/// One file format of pictures.
struct ImageFormat {
  llvm::StringLiteral name;                  ///< "PNG"
  bool (*recognises)(llvm::StringRef bytes); ///< by the first bytes
  /// Reads the header. E306 where it is damaged, or where its size cannot be that of a file of so many bytes.
  Fallible<ImageInfo> (*info)(TextFile file);
  /// Decodes 1 or 3 channels: grey as it is or three times, colour as it is or its luma. Calls `row` with the bytes of
  /// each row, pixel by pixel, from top to bottom. Transparency is ignored; 16-bit values keep their high byte. E306
  /// for a file that is damaged or cut off, and for kinds that are not read (CMYK); the message has the byte offset.
  Checked (*decode)(TextFile file, unsigned channels, llvm::function_ref<void(uint32_t y, const uint8_t *pixels)> row);
};

/// The formats: PNG, JPEG, PGM/PPM, BMP.
llvm::ArrayRef<ImageFormat> imageFormats();
/// Whether a file called so is a picture, by its extension.
bool hasImageExtension(llvm::StringRef name);

/// The header of a picture of any format; E306 for something else.
Fallible<ImageInfo> imageInfo(TextFile file);
/// Decodes to [channels, height, width]; `pixels` has room for channels * info.pixels() bytes.
Checked decodeImage(TextFile file, const ImageInfo &info, unsigned channels, uint8_t *pixels);

/// Luma of a colour: 0.299 R + 0.587 G + 0.114 B, rounded, in whole numbers.
inline uint8_t luma(unsigned r, unsigned g, unsigned b) {
  return static_cast<uint8_t>((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
}

} // namespace dlc::data
