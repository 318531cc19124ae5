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

/// A PNG of rows that are packed already; `exif` stands in front of the pixels, or behind them.
std::string png(uint32_t width, uint32_t height, int depth, int colour, const std::string &rows,
                const std::string &palette = "", const std::string &exif = "", bool exifLast = false) {
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
         (exif.empty() || exifLast ? "" : chunk("eXIf", exif)) + chunk("IDAT", packed) +
         (exif.empty() || !exifLast ? "" : chunk("eXIf", exif)) + chunk("IEND", "");
}
/// EXIF data that say an orientation, and other things before it.
std::string exif(uint16_t orientation, bool big) {
  auto word = [&](uint16_t x) { return big ? big32(x).substr(2) : little(x, 2); };
  auto number = [&](uint32_t x) { return big ? big32(x) : little(x); };
  auto entry = [&](uint16_t tag, uint16_t value) { return word(tag) + word(3) + number(1) + word(value) + word(0); };
  return (big ? "MM" : "II") + word(42) + number(8) + word(2) + entry(0x100, 7) + entry(0x112, orientation) + number(0);
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

/// With `inks`, the pixels are cyan, magenta, yellow and black, and are stored upside down, as Adobe's programs do.
std::string jpeg(const Picture &p, bool progressive, const std::string &exifData = "", unsigned inks = 0) {
  jpeg_compress_struct state;
  jpeg_error_mgr errors;
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  unsigned char *bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&state, &bytes, &size);
  state.image_width = p.width;
  state.image_height = p.height;
  state.input_components = inks ? 4 : 3;
  state.in_color_space = inks ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, 95, TRUE);
  if (progressive)
    jpeg_simple_progression(&state);
  if (inks)
    state.write_Adobe_marker = inks == 2 ? TRUE : FALSE;
  jpeg_start_compress(&state, TRUE);
  if (!exifData.empty()) {
    const std::string marker = std::string("Exif\0\0", 6) + exifData;
    jpeg_write_marker(&state, JPEG_APP0 + 1, reinterpret_cast<const JOCTET *>(marker.data()),
                      static_cast<unsigned>(marker.size()));
  }
  for (uint32_t y = 0; y < p.height; ++y) {
    JSAMPROW row = const_cast<uint8_t *>(p.rgb.data()) + size_t{inks ? 4u : 3u} * p.width * y;
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
  EXPECT_TRUE(info) << toString(info.failure());
  std::vector<uint8_t> planes(info->pixels() * channels), pixels;
  Checked good = decodeImage({bytes, "p"}, *info, channels, planes.data());
  EXPECT_TRUE(good) << toString(good.failure());
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
      const bool wide = imageInfo({bytes, "p"})->wide; // and then half a step brighter
      for (size_t i = 0; i < grey.size(); ++i)
        EXPECT_NEAR(grey[i], luma(p.rgb[3 * i], p.rgb[3 * i + 1], p.rgb[3 * i + 2]), wide ? 1 : 0);
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

TEST(Images, AreTurnedAsTheirExifDataSay) {
  // What EXIF means by a number is where the first row and the first column of what is stored belong.
  Picture p = gradient(5, 3);
  for (uint16_t orientation = 1; orientation <= 8; ++orientation) {
    const bool side = orientation >= 5;
    const uint32_t w = side ? 3 : 5, h = side ? 5 : 3;
    std::vector<uint8_t> upright;
    for (uint32_t y = 0; y < h; ++y)
      for (uint32_t x = 0; x < w; ++x) {
        uint32_t row = side ? x : y, column = side ? y : x; // of what is stored, counted from where it begins
        // The first row is at the bottom (3, 4) or on the right (6, 7); the first column on the right (2, 3) or at the
        // bottom (7, 8).
        if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
          row = 2 - row;
        if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
          column = 4 - column;
        for (uint32_t c = 0; c < 3; ++c)
          upright.push_back(p.rgb[3 * (size_t{row} * 5 + column) + c]);
      }
    for (bool big : {false, true})
      for (bool last : {false, true}) {
        std::string rows;
        for (size_t i = 0; i < p.rgb.size(); ++i)
          rows += (i % 15 ? "" : std::string(1, '\0')) + static_cast<char>(p.rgb[i]);
        const std::string bytes = png(5, 3, 8, 2, rows, "", exif(orientation, big), last);
        EXPECT_EQ(decoded(bytes), upright) << orientation;
        EXPECT_EQ(imageInfo({bytes, "p"})->width, w);
        // JPEG loses a little, but as much whichever way it is turned.
        const std::vector<uint8_t> plain = decoded(jpeg(p, false)),
                                   turned = decoded(jpeg(p, false, exif(orientation, big)));
        for (size_t i = 0; i < upright.size(); ++i)
          for (size_t k = 0; k < p.rgb.size(); k += 3)
            if (i % 3 == 0 &&
                std::equal(upright.begin() + static_cast<ptrdiff_t>(i), upright.begin() + static_cast<ptrdiff_t>(i + 3),
                           p.rgb.begin() + static_cast<ptrdiff_t>(k))) {
              EXPECT_EQ(turned[i], plain[k]) << orientation;
            }
      }
  }
  for (const std::string &strange : {std::string("II"), exif(0, false), exif(9, true), exif(6, true).substr(0, 20),
                                     std::string("MM\0*\xff\xff\xff\xff", 8)})
    EXPECT_EQ(imageInfo({jpeg(p, false, strange), "p"})->width, 5u);
}

TEST(Images, SixteenBits) {
  std::string rows(1, '\0'), deep;
  std::vector<uint16_t> values;
  for (uint32_t i = 0; i < 200; ++i) {
    values.push_back(static_cast<uint16_t>(i * 327 + i % 7));
    deep += static_cast<char>(values.back() >> 8), deep += static_cast<char>(values.back() & 255);
  }
  for (const std::string &bytes : {png(200, 1, 16, 0, rows + deep), "P5 200 1 65535\n" + deep}) {
    auto info = imageInfo({bytes, "p"});
    ASSERT_TRUE(info && info->wide);
    std::vector<uint16_t> read(200), colours(600);
    ASSERT_TRUE(decodeImage({bytes, "p"}, *info, 1, read.data()));
    EXPECT_EQ(read, values);
    ASSERT_TRUE(decodeImage({bytes, "p"}, *info, 3, colours.data()));
    EXPECT_TRUE(std::equal(values.begin(), values.end(), colours.begin() + 400));
  }
  // Beside others, those of 8 bits become as bright as they were.
  Picture p = gradient(9, 6);
  auto info = imageInfo({rgbPng(p), "p"});
  std::vector<uint16_t> wide(3 * 54);
  ASSERT_TRUE(decodeImage({rgbPng(p), "p"}, *info, 3, wide.data()));
  EXPECT_EQ(wide[1], 257 * p.rgb[3]);
  std::vector<uint16_t> most(2);
  const std::string pgm = std::string("P5 2 1 1023\n\x03\xff\x02\x00", 16);
  ASSERT_TRUE(decodeImage({pgm, "p"}, *imageInfo({pgm, "p"}), 1, most.data()));
  EXPECT_EQ(most, (std::vector<uint16_t>{65535, (512 * 65535 + 511) / 1023}));
}

TEST(Images, InksBecomeLight) {
  struct {
    uint8_t inks[4], rgb[3];
  } const kColours[] = {{{0, 0, 0, 0}, {255, 255, 255}},    {{255, 0, 0, 0}, {0, 255, 255}},
                        {{0, 255, 0, 0}, {255, 0, 255}},    {{0, 0, 255, 0}, {255, 255, 0}},
                        {{0, 0, 0, 255}, {0, 0, 0}},        {{0, 0, 0, 128}, {127, 127, 127}},
                        {{100, 50, 0, 51}, {124, 164, 204}}};
  for (const auto &colour : kColours)
    for (unsigned adobe : {1u, 2u}) {
      Picture p{8, 8, {}};
      for (int i = 0; i < 64; ++i)
        for (uint8_t ink : colour.inks)
          p.rgb.push_back(static_cast<uint8_t>(adobe == 2 ? 255 - ink : ink));
      const std::vector<uint8_t> read = decoded(jpeg(p, false, "", adobe));
      for (size_t i = 0; i < read.size(); ++i)
        EXPECT_NEAR(read[i], colour.rgb[i % 3], 2);
    }
}

TEST(Images, TextsAreNone) {
  for (llvm::StringRef text : {"BMI,age\n22.5,31\n", "BM", "P2 is a text", "P5", "GIF and others", "II. Teil", "RIFF",
                               "", "%!PS", "BMW,1\nAudi,2\nVW,3\nSeat,4\n"}) {
    EXPECT_EQ(foreignImageName(text), "") << text.str();
    if (text != "P5") {
      EXPECT_EQ(imageFormatName(text), "") << text.str();
    }
  }
  Picture p = gradient(9, 6);
  for (const auto &[bytes, name] : {std::pair(rgbPng(p), "PNG"),
                                    {jpeg(p, false), "JPEG"},
                                    {bmp(p, true), "BMP"},
                                    {pnm(p, true), "PGM/PPM"},
                                    {pnm(p, false), "PGM/PPM"}})
    EXPECT_EQ(imageFormatName(llvm::StringRef(bytes).take_front(64)), name);
}

TEST(Images, DamagedFilesAreTroubleOrPictures) {
  Picture p = gradient(9, 6);
  for (const std::string &bytes : {rgbPng(p), bmp(p, false), pnm(p, true), pnm(p, false), jpeg(p, false), jpeg(p, true),
                                   png(4, 1, 2, 3, {"\0\x1b", 2}, "abcdefghijkl")}) {
    size_t good = 0;
    damage(bytes, 1500, [&](llvm::StringRef damaged) {
      auto info = imageInfo({damaged, "p"});
      if (!info) {
        EXPECT_EQ(info.failure().code.str(), "E306");
        return;
      }
      // Nothing larger than the file could hold is believed.
      ASSERT_LE(info->pixels(), damaged.size() * 8256);
      std::vector<uint8_t> pixels(info->pixels() * 3);
      Checked read = decodeImage({damaged, "p"}, *info, 3, pixels.data());
      good += static_cast<bool>(read);
      if (!read) {
        EXPECT_EQ(read.failure().code.str(), "E306");
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
      return info.failure().message;
    std::vector<uint8_t> pixels(info->pixels() * 3);
    Checked read = decodeImage({bytes, "p"}, *info, 3, pixels.data());
    return read ? "" : read.failure().message;
  };
  EXPECT_EQ(message(""), "the file is empty");
  EXPECT_EQ(message("hello"), "not a picture: neither PNG nor JPEG, PGM, PPM or BMP");
  EXPECT_EQ(message("GIF89a"), "a GIF picture, which dlc does not support");
  EXPECT_EQ(message(std::string("RIFF\x24\0\0\0WEBPVP8 ", 16)), "a WEBP picture, which dlc does not support");
  EXPECT_EQ(message(std::string("II*\0\x08\0\0\0", 8)), "a TIFF picture, which dlc does not support");
  EXPECT_EQ(message(std::string("MM\0*\0\0\0\x08", 8)), "a TIFF picture, which dlc does not support");
  EXPECT_EQ(message(std::string("\0\0\0\x18"
                                "ftypheic",
                                12)),
            "a HEIC picture, which dlc does not support");
  EXPECT_EQ(message(std::string("\0\0\0\x18"
                                "ftypavif",
                                12)),
            "an AVIF picture, which dlc does not support");
  EXPECT_NE(message(llvm::StringRef(jpeg(p, false)).drop_back(40)).find("damaged JPEG at byte"), std::string::npos);
  EXPECT_NE(message(png(40000, 50000, 8, 2, "x")).find("more than"), std::string::npos);
  EXPECT_NE(message("P6 40000 50000 255\nabc").find("bytes can hold"), std::string::npos);
}

} // namespace
} // namespace dlc::data::test
