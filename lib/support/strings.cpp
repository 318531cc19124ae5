// Implements the text helpers: suggestions, numbers without a locale, UTF-8 checks.
// Everything works on views and is linear in the text.
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

namespace dlc {

namespace {

/// Edits that make one word of the other, case ignored: letters put in, left out, replaced, or two neighbours swapped.
unsigned editDistance(llvm::StringRef a, llvm::StringRef b) {
  std::vector<unsigned> before(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = static_cast<unsigned>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = static_cast<unsigned>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      auto same = [&](size_t x, size_t y) { return llvm::toLower(a[x]) == llvm::toLower(b[y]); };
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same(i - 1, j - 1) ? 0u : 1u)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1))
        current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

} // namespace

llvm::StringRef closest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates) {
  constexpr size_t kLongestWord = 64; // the edit distance is quadratic, and nobody misspells more than this
  if (word.empty() || word.size() > kLongestWord)
    return {};
  llvm::StringRef best;
  unsigned limit = std::max<unsigned>(1, static_cast<unsigned>(word.size()) / 3);
  for (llvm::StringRef candidate : candidates) {
    if (candidate.empty() || candidate.size() > word.size() + limit || candidate.size() + limit < word.size())
      continue;
    unsigned distance = editDistance(word, candidate);
    // A replacement of the whole of a short word is no misspelling.
    if (distance >= candidate.size() || distance > limit)
      continue;
    best = candidate;
    if (distance == 0)
      break;
    limit = distance - 1;
  }
  return best;
}

std::string shortNumber(double value) {
  char text[64];
  // "5e-04" and "1e+05" are shorter, but 0.0005 and 100000 are how people write them.
  double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e15);
  auto result = plain ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed)
                      : std::to_chars(text, text + sizeof text, value);
  return std::string(text, result.ptr);
}

std::string writtenNumber(double value) {
  constexpr double kExact = 9007199254740992; // 2^53
  if (!(std::abs(value) >= kExact) || !std::isfinite(value))
    return shortNumber(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string grouped(int64_t value) {
  std::string digits = std::to_string(value);
  for (size_t at = digits.size(); at > 3 + (value < 0);) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::optional<double> parseNumber(llvm::StringRef text) {
  llvm::StringRef digits = text;
  digits.consume_front("-");
  // from_chars also takes "inf" and "nan", which are no numbers here.
  if (digits.empty() ||
      !(llvm::isDigit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && llvm::isDigit(digits[1]))))
    return std::nullopt;
  double value = 0;
  auto result = std::from_chars(text.begin(), text.end(), value);
  if (result.ec != std::errc() || result.ptr != text.end())
    return std::nullopt;
  return value;
}

unsigned utf8Length(llvm::StringRef text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  if (first < 0x80)
    return 1;
  unsigned length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length)
    return 0;
  for (unsigned i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
  bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  bool surrogate = first == 0xED && byte(1) >= 0xA0;
  bool tooLarge = first == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || tooLarge ? 0 : length;
}

} // namespace dlc
