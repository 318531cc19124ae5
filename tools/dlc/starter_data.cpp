// Data that starters need and that need not be carried: computed, the same on every machine.
// Only whole numbers and one generator are used, so that no library or rounding can change a byte.
#include "starters.h"

#include "llvm/ADT/StringExtras.h"

#include <array>
#include <cstdint>

namespace dlc::tool {
namespace {

/// SplitMix64: one number after the other.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}
  /// 0 .. n-1
  unsigned below(unsigned n) {
    uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<unsigned>((z ^ (z >> 31)) >> 33) % n;
  }

private:
  uint64_t state;
};

void bigEndian(std::string &out, uint32_t value) {
  for (int shift : {24, 16, 8, 0})
    out += static_cast<char>(value >> shift & 0xFF);
}

/// One of the two pairs of files: a table of 64 grey values 0..16 and the digit a line becomes images and labels.
void addPair(StarterFiles &files, llvm::StringRef csv, const std::string &prefix) {
  constexpr unsigned kSmall = 8, kLarge = 28, kFrame = 4, kInner = kLarge - 2 * kFrame;
  std::string images, labels;
  uint32_t count = 0;
  for (llvm::StringRef rest = csv.split('\n').second; !rest.empty();) {
    auto [line, after] = rest.split('\n');
    rest = after;
    llvm::SmallVector<llvm::StringRef, 65> cells;
    line.trim().split(cells, ',');
    if (cells.size() != kSmall * kSmall + 1)
      continue;
    std::array<int, kSmall * kSmall> grey{};
    for (size_t i = 0; i < grey.size(); ++i)
      cells[i].getAsInteger(10, grey[i]);
    int digit = 0;
    cells.back().getAsInteger(10, digit);
    for (unsigned y = 0; y < kLarge; ++y)
      for (unsigned x = 0; x < kLarge; ++x) {
        int value = 0;
        if (y >= kFrame && y < kLarge - kFrame && x >= kFrame && x < kLarge - kFrame) {
          // Between the four pixels around it, in steps of 1/(2*20) of the small picture.
          auto place = [&](unsigned at) { return static_cast<int>((2 * (at - kFrame) + 1) * kSmall) - int(kInner); };
          const int unit = 2 * kInner, last = kSmall - 1;
          auto pixel = [&](int row, int column) {
            return grey[static_cast<size_t>(std::clamp(row, 0, last) * int(kSmall) + std::clamp(column, 0, last))];
          };
          const int py = place(y), px = place(x);
          const int row = py < 0 ? -1 : py / unit, column = px < 0 ? -1 : px / unit;
          const int fy = py - row * unit, fx = px - column * unit;
          const int top = pixel(row, column) * (unit - fx) + pixel(row, column + 1) * fx;
          const int bottom = pixel(row + 1, column) * (unit - fx) + pixel(row + 1, column + 1) * fx;
          value = std::min(255, (top * (unit - fy) + bottom * fy) / (unit * unit / 16));
        }
        images += static_cast<char>(value);
      }
    labels += static_cast<char>(digit);
    ++count;
  }
  std::string imageFile, labelFile;
  for (uint32_t word : {uint32_t{0x803}, count, uint32_t{kLarge}, uint32_t{kLarge}})
    bigEndian(imageFile, word);
  for (uint32_t word : {uint32_t{0x801}, count})
    bigEndian(labelFile, word);
  files.push_back({"data/" + prefix + "-images-idx3-ubyte", imageFile + images});
  files.push_back({"data/" + prefix + "-labels-idx1-ubyte", labelFile + labels});
}

} // namespace

StarterFiles digitsAsIdx(llvm::StringRef trainCsv, llvm::StringRef testCsv) {
  StarterFiles files;
  addPair(files, trainCsv, "train");
  addPair(files, testCsv, "t10k");
  return files;
}

StarterFiles drawnShapes() {
  constexpr int kSize = 24, kEach = 40;
  StarterFiles files;
  Random random(1);
  for (int shape = 0; shape < 3; ++shape)
    for (int n = 0; n < kEach; ++n) {
      std::string pixels = "P5\n" + std::to_string(kSize) + " " + std::to_string(kSize) + "\n255\n";
      const int radius = 5 + static_cast<int>(random.below(5)), room = kSize - 2 * radius;
      const int cy = radius + static_cast<int>(random.below(static_cast<unsigned>(room)));
      const int cx = radius + static_cast<int>(random.below(static_cast<unsigned>(room)));
      for (int y = 0; y < kSize; ++y)
        for (int x = 0; x < kSize; ++x) {
          const int dy = y - cy, dx = x - cx, square = dy * dy + dx * dx;
          const bool disc = square <= radius * radius, hole = square <= (radius - 2) * (radius - 2);
          const bool cross = disc && (std::abs(dy) <= 1 || std::abs(dx) <= 1);
          const bool on = shape == 0 ? disc : shape == 1 ? disc && !hole : cross;
          pixels += static_cast<char>((on ? 180 : 20) + static_cast<int>(random.below(50)));
        }
      static constexpr const char *kNames[] = {"disc", "ring", "cross"};
      files.push_back({std::string("data/") + kNames[shape] + "/" + (n < 10 ? "0" : "") + std::to_string(n) + ".pgm",
                       std::move(pixels)});
    }
  return files;
}

std::string madeSentences() {
  static constexpr llvm::StringLiteral kWho[] = {"the cat",      "a small dog", "my sister",
                                                 "the old king", "one bird",    "every child"};
  static constexpr llvm::StringLiteral kDoes[] = {"sees", "follows", "finds", "likes", "paints", "remembers"};
  static constexpr llvm::StringLiteral kWhat[] = {"the moon",   "a red house", "the river",
                                                  "its shadow", "an apple",    "the quiet garden"};
  static constexpr llvm::StringLiteral kWhen[] = {"", " at night", " in the rain", " every day", " before the snow"};
  Random random(2);
  std::string text;
  auto one = [&](llvm::ArrayRef<llvm::StringLiteral> words) {
    return words[random.below(unsigned(words.size()))].str();
  };
  while (text.size() < 40000)
    text += one(kWho) + " " + one(kDoes) + " " + one(kWhat) + one(kWhen) + ". ";
  text.resize(40000);
  return text;
}

} // namespace dlc::tool
