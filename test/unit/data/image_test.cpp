// Pictures from bytes: each format against the pixels it was made of, and damaged in every way.
// JPEG is encoded here by libjpeg; the other formats are written by hand.
#include "data_test.h"

#include "dlc/data/image.h"

#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <zlib.h>

namespace dlc::data::test {
namespace {

struct Picture {
  uint32_t width = 0, height = 0;
  std::vector<uint8_t> rgb; ///< by pixel
};

Picture gradient(uint32_t width, uint32_t height) {
  Picture p{width, height, {}};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      for (uint32_t c : {x * 7, y * 9, (x + y) * 3})
        p.rgb.push_back(static_cast<uint8_t>(c));
  return p;
}

std::string big32(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}
std::string little(uint32_t value, unsigned count = 4) {
  std::string bytes;
  for (unsigned i = 0; i < count; ++i)
    bytes += static_cast<char>(value >> 8 * i & 255);
  return bytes;
}

/// A PNG of rows that are packed already.
std::string png(uint32_t width, uint32_t height, int depth, int colour, const std::string &rows,
                const std::string &palette = "") {
  auto chunk = [](const std::string &kind, const std::string &data) {
    std::string body = kind + data;
    return big32(static_cast<uint32_t>(data.size())) + body +
           big32(static_cast<uint32_t>(
               crc32(0, reinterpret_cast<const Bytef *>(body.data()), static_cast<uInt>(body.size()))));
  };
  uLongf size = compressBound(rows.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef *>(packed.data()), &size, reinterpret_cast<const Bytef *>(rows.data()), rows.size());
  packed.resize(size);
  std::string header =
      big32(width) + big32(height) + static_cast<char>(depth) + static_cast<char>(colour) + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + (palette.empty() ? "" : chunk("PLTE", palette)) +
         chunk("IDAT", packed) + chunk("IEND", "");
}
std::string rgbPng(const Picture &p, bool alpha = false, bool wide = false) {
  std::string rows;
  for (size_t i = 0; i < p.rgb.size(); ++i) {
    if (i % (3 * p.width) == 0)
      rows += '\0';
    rows += static_cast<char>(p.rgb[i]);
    if (wide)
      rows += '\x80';
    if (alpha && i % 3 == 2)
      rows += std::string(wide ? 2 : 1, '\x10');
  }
  return png(p.width, p.height, wide ? 16 : 8, alpha ? 6 : 2, rows);
}

std::string jpeg(const Picture &p, bool progressive) {
  jpeg_compress_struct state;
  jpeg_error_mgr errors;
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  unsigned char *bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&state, &bytes, &size);
  state.image_width = p.width;
  state.image_height = p.height;
  state.input_components = 3;
  state.in_color_space = JCS_RGB;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, 95, TRUE);
  if (progressive)
    jpeg_simple_progression(&state);
  jpeg_start_compress(&state, TRUE);
  for (uint32_t y = 0; y < p.height; ++y) {
    JSAMPROW row = const_cast<uint8_t *>(p.rgb.data()) + size_t{3} * p.width * y;
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
  std::string result(reinterpret_cast<char *>(bytes), size);
  std::free(bytes);
  return result;
}

std::string bmp(const Picture &p, bool topDown) {
  size_t stride = (size_t{3} * p.width + 3) / 4 * 4;
  std::string rows;
  for (uint32_t i = 0; i < p.height; ++i) {
    uint32_t y = topDown ? i : p.height - 1 - i;
    std::string row;
    for (uint32_t x = 0; x < p.width; ++x)
      for (size_t c : {2u, 1u, 0u})
        row += static_cast<char>(p.rgb[3 * (size_t{y} * p.width + x) + c]);
    row.resize(stride);
    rows += row;
  }
  return "BM" + little(static_cast<uint32_t>(54 + rows.size())) + little(0) + little(54) + little(40) +
         little(p.width) + little(topDown ? -p.height : p.height) + little(1, 2) + little(24, 2) +
         std::string(24, '\0') + rows;
}

std::string pnm(const Picture &p, bool plain) {
  std::string text = plain ? "P3\n# made by hand\n" : "P6 ";
  text += std::to_string(p.width) + " " + std::to_string(p.height) + "\n255\n";
  for (uint8_t value : p.rgb)
    text += plain ? std::to_string(value) + "\n" : std::string(1, static_cast<char>(value));
  return text;
}

/// Decoded, by pixel again.
std::vector<uint8_t> decoded(const std::string &bytes, unsigned channels = 3) {
  auto info = imageInfo({bytes, "p"});
  EXPECT_TRUE(info) << toString(info.trouble());
  std::vector<uint8_t> planes(info->pixels() * channels), pixels;
  Checked good = decodeImage({bytes, "p"}, *info, channels, planes.data());
  EXPECT_TRUE(good) << toString(good.trouble());
  for (size_t i = 0; i < info->pixels(); ++i)
    for (unsigned c = 0; c < channels; ++c)
      pixels.push_back(planes[c * info->pixels() + i]);
  return pixels;
}

TEST(Images, EveryFormatGivesThePixels) {
  for (auto [width, height] : {std::pair(1u, 1u), std::pair(13u, 7u), std::pair(32u, 20u)}) {
    Picture p = gradient(width, height);
    for (const std::string &bytes : {rgbPng(p), rgbPng(p, true), rgbPng(p, false, true), rgbPng(p, true, true),
                                     bmp(p, false), bmp(p, true), pnm(p, true), pnm(p, false)}) {
      EXPECT_EQ(decoded(bytes), p.rgb);
      std::vector<uint8_t> grey = decoded(bytes, 1);
      for (size_t i = 0; i < grey.size(); ++i)
        EXPECT_EQ(grey[i], luma(p.rgb[3 * i], p.rgb[3 * i + 1], p.rgb[3 * i + 2]));
    }
    for (bool progressive : {false, true}) {
      std::vector<uint8_t> about = decoded(jpeg(p, progressive));
      ASSERT_EQ(about.size(), p.rgb.size());
      double error = 0;
      for (size_t i = 0; i < about.size(); ++i)
        error += std::abs(static_cast<double>(about[i]) - p.rgb[i]) / static_cast<double>(about.size());
      EXPECT_LT(error, 12);
    }
  }
}

TEST(Images, GreyAndPalettes) {
  std::string rows = std::string("\0\x1b", 2); // four pixels of two bits: 0 1 2 3
  EXPECT_EQ(decoded(png(4, 1, 2, 0, rows), 1), (std::vector<uint8_t>{0, 85, 170, 255}));
  EXPECT_EQ(decoded(png(4, 1, 2, 0, rows)), (std::vector<uint8_t>{0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255}));
  std::string palette = "abcdefghijkl";
  EXPECT_EQ(decoded(png(4, 1, 2, 3, rows, palette)), std::vector<uint8_t>(palette.begin(), palette.end()));
  EXPECT_FALSE(imageInfo({png(4, 1, 2, 0, rows), "p"})->colour);
  EXPECT_EQ(decoded("P2\n2 1\n100\n50 100", 1), (std::vector<uint8_t>{128, 255}));
  EXPECT_EQ(decoded(std::string("P5 2 1 65535\n\x80\x00\xff\xff", 17), 1), (std::vector<uint8_t>{128, 255}));
}

TEST(Images, DamagedFilesAreTroubleOrPictures) {
  Picture p = gradient(9, 6);
  for (const std::string &bytes : {rgbPng(p), bmp(p, false), pnm(p, true), pnm(p, false), jpeg(p, false), jpeg(p, true),
                                   png(4, 1, 2, 3, {"\0\x1b", 2}, "abcdefghijkl")}) {
    size_t good = 0;
    damage(bytes, 1500, [&](llvm::StringRef damaged) {
      auto info = imageInfo({damaged, "p"});
      if (!info) {
        EXPECT_EQ(info.trouble().code, "E306");
        return;
      }
      // Nothing larger than the file could hold is believed.
      ASSERT_LE(info->pixels(), damaged.size() * 8256);
      std::vector<uint8_t> pixels(info->pixels() * 3);
      Checked read = decodeImage({damaged, "p"}, *info, 3, pixels.data());
      good += static_cast<bool>(read);
      if (!read) {
        EXPECT_EQ(read.trouble().code, "E306");
      }
    });
    EXPECT_GT(good, 0u); // the whole file at least
  }
}

TEST(Images, WhatIsSaid) {
  Picture p = gradient(9, 6);
  auto message = [](llvm::StringRef bytes) {
    auto info = imageInfo({bytes, "p"});
    if (!info)
      return info.trouble().message;
    std::vector<uint8_t> pixels(info->pixels() * 3);
    Checked read = decodeImage({bytes, "p"}, *info, 3, pixels.data());
    return read ? "" : read.trouble().message;
  };
  EXPECT_EQ(message(""), "the file is empty");
  EXPECT_EQ(message("GIF89a"), "not a picture: neither PNG nor JPEG, PGM, PPM or BMP");
  EXPECT_NE(message(llvm::StringRef(jpeg(p, false)).drop_back(40)).find("damaged JPEG at byte"), std::string::npos);
  EXPECT_NE(message(png(40000, 50000, 8, 2, "x")).find("more than"), std::string::npos);
  EXPECT_NE(message("P6 40000 50000 255\nabc").find("bytes can hold"), std::string::npos);
}

} // namespace
} // namespace dlc::data::test
