// Decoding of pictures: PNG, JPEG, PGM/PPM and BMP, from bytes to channels of 8 or 16 bits. Pure functions that open no
// files; nothing is allocated before the sizes in a header were held against the bytes that are there.
#pragma once

#include "dlc/data/formats.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>

namespace dlc::data {

/// How a picture is to be turned before it is looked at: EXIF's number, 1 (as it is) to 8. From 5 on, its rows are
/// columns.
using Orientation = uint8_t;

/// What the header of a picture says.
struct ImageInfo {
  uint32_t width = 0, height = 0; ///< as it is looked at
  bool colour = false;            ///< more than shades of grey
  bool wide = false;              ///< more than 8 bits a value
  Orientation orientation = 1;

  uint64_t pixels() const { return uint64_t{width} * height; }
  bool onItsSide() const { return orientation >= 5; }
  /// Sizes as they are stored, turned as `turn` says.
  ImageInfo turned(Orientation turn) const;
};

/// A row of pixels as a format stores it: 1 or 3 values each, of 8 bits or, up to 65535, of 16.
struct PixelRow {
  const uint8_t *bytes = nullptr;
  const uint16_t *words = nullptr; ///< one of the two is null
  unsigned components = 1;
};
using RowSink = llvm::function_ref<void(uint32_t y, const PixelRow &row)>;

/// One file format of pictures.
struct ImageFormat {
  llvm::StringLiteral name;                  ///< "PNG"
  bool (*recognises)(llvm::StringRef bytes); ///< by the first 64 bytes
  /// Reads the header. E306 where it is damaged, or where its size cannot be that of a file of so many bytes.
  Fallible<ImageInfo> (*info)(TextFile file);
  /// Calls `row` with each row as it is stored, from top to bottom. Transparency is ignored, CMYK becomes RGB. E306 for
  /// a file that is damaged or cut off, and for kinds that are not read; the message has the byte offset.
  Checked (*decode)(TextFile file, RowSink row);
};

/// The formats: PNG, JPEG, PGM/PPM, BMP.
llvm::ArrayRef<ImageFormat> imageFormats();
/// Whether a file called so claims to be a picture of one of these formats.
bool hasImageExtension(llvm::StringRef name);
/// What picture begins with these bytes, at least 64 of them if there are so many: one of these formats; empty if none.
llvm::StringRef imageFormatName(llvm::StringRef beginning);
/// The name of a format that is not read: "WEBP", "TIFF", "GIF", "HEIC"; empty if it is none of these either.
llvm::StringRef foreignImageName(llvm::StringRef beginning);

/// The header of a picture of any format; E306 for something else.
Fallible<ImageInfo> imageInfo(TextFile file);
/// Decodes to [channels, height, width], 1 channel (grey as it is, of colour the luma) or 3, turned as the picture's
/// EXIF data say. `pixels` has room for channels * info.pixels() bytes, or as many uint16_t, in which 65535 is white.
Checked decodeImage(TextFile file, const ImageInfo &info, unsigned channels, uint8_t *pixels);
Checked decodeImage(TextFile file, const ImageInfo &info, unsigned channels, uint16_t *pixels);

/// Luma of a colour: 0.299 R + 0.587 G + 0.114 B, rounded, in whole numbers up to 65535.
inline uint32_t luma(uint32_t r, uint32_t g, uint32_t b) { return (19595 * r + 38470 * g + 7471 * b + 32768) >> 16; }

} // namespace dlc::data
