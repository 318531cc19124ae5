// PGM and PPM, plain (P2, P3) and raw (P5, P6), with comments, and with up to 16 bits a value.
// PBM (one bit a pixel) and PAM are not read.
#include "image_format.h"

#include <optional>

namespace dlc::data {
namespace {

struct Header {
  ImageInfo info;
  uint32_t most = 255; ///< the value that stands for white
  bool plain = false;
  size_t begin = 0; ///< of the values
};

class Scanner {
public:
  Scanner(llvm::StringRef bytes, size_t at) : bytes(bytes), at(at) {}
  /// The next number, after blanks and comments.
  std::optional<uint32_t> number(uint32_t largest) {
    while (at < bytes.size() && (blank(bytes[at]) || bytes[at] == '#')) {
      if (bytes[at] == '#')
        while (at < bytes.size() && bytes[at] != '\n')
          ++at;
      else
        ++at;
    }
    size_t first = at;
    uint64_t value = 0;
    for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9' && value <= largest; ++at)
      value = 10 * value + static_cast<uint64_t>(bytes[at] - '0');
    if (at == first || value > largest)
      return std::nullopt;
    return static_cast<uint32_t>(value);
  }
  static bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

  llvm::StringRef bytes;
  size_t at;
};

/// A text may begin with "P2" as well, so a comment or a number must follow.
bool recognises(llvm::StringRef bytes) {
  if (bytes.size() < 3 || bytes[0] != 'P' || !llvm::StringRef("2356").contains(bytes[1]) ||
      !(Scanner::blank(bytes[2]) || bytes[2] == '#'))
    return false;
  llvm::StringRef rest = bytes.drop_front(2).drop_while(Scanner::blank);
  return rest.empty() || rest[0] == '#' || (rest[0] >= '0' && rest[0] <= '9');
}

Fallible<Header> readHeader(TextFile file) {
  Header header;
  char kind = file.bytes[1];
  header.plain = kind == '2' || kind == '3';
  header.info.colour = kind == '3' || kind == '6';
  Scanner scanner(file.bytes, 2);
  auto width = scanner.number(1 << 30), height = width ? scanner.number(1 << 30) : std::nullopt;
  auto most = height ? scanner.number(65535) : std::nullopt;
  if (!most || *most == 0 || scanner.at >= file.bytes.size() || !Scanner::blank(file.bytes[scanner.at]))
    return imageTrouble(file, "expected width, height and the largest value at byte " + llvm::Twine(scanner.at));
  header.info.width = *width;
  header.info.height = *height;
  header.most = *most;
  header.info.wide = *most > 255;
  header.begin = scanner.at + 1;
  DLC_PASS_ON(checkSize(file, header.info, 1));
  uint64_t values = header.info.pixels() * (header.info.colour ? 3 : 1);
  uint64_t bytes = header.plain ? 2 * values - 1 : values * (header.most > 255 ? 2 : 1);
  if (bytes > file.bytes.size() - header.begin)
    return imageTrouble(file, "the header says " + llvm::Twine(*width) + "x" + llvm::Twine(*height) + ", which takes " +
                                  llvm::Twine(header.begin + bytes) + " bytes, but the file ends at byte " +
                                  llvm::Twine(file.bytes.size()));
  return header;
}

Checked decode(TextFile file, RowSink row) {
  DLC_TRY(auto header, readHeader(file));
  const ImageInfo &image = header.info;
  size_t perRow = size_t{image.width} * (image.colour ? 3 : 1);
  const unsigned components = image.colour ? 3 : 1;
  std::vector<uint8_t> bytes(image.wide ? 0 : perRow);
  std::vector<uint16_t> words(image.wide ? perRow : 0);
  Scanner scanner(file.bytes, header.begin);
  for (uint32_t y = 0; y < image.height; ++y) {
    for (size_t i = 0; i < perRow; ++i) {
      uint32_t value;
      if (header.plain) {
        auto number = scanner.number(header.most);
        if (!number)
          return imageTrouble(file, "expected a number up to " + llvm::Twine(header.most) + " at byte " +
                                        llvm::Twine(scanner.at));
        value = *number;
      } else {
        value = static_cast<uint8_t>(file.bytes[scanner.at++]);
        if (image.wide)
          value = value << 8 | static_cast<uint8_t>(file.bytes[scanner.at++]);
        value = std::min(value, header.most);
      }
      const uint64_t white = image.wide ? 65535 : 255;
      const auto scaled = (value * white + header.most / 2) / header.most;
      if (image.wide)
        words[i] = static_cast<uint16_t>(scaled);
      else
        bytes[i] = static_cast<uint8_t>(scaled);
    }
    if (image.wide)
      row(y, {.words = words.data(), .components = components});
    else
      row(y, {.bytes = bytes.data(), .components = components});
  }
  return allGood();
}

} // namespace

const ImageFormat kPnm = {.name = "PGM/PPM", .recognises = recognises, .info = infoOf<readHeader>, .decode = decode};
} // namespace dlc::data
