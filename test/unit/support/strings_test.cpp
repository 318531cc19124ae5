// Tests of the text helpers: suggestions, numbers, UTF-8.
// Expectations are written out, not computed by the functions under test.
#include "dlc/support/strings.h"

#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <random>

namespace dlc {
namespace {

TEST(Strings, Closest) {
  const llvm::StringRef names[] = {"Linear", "ReLU", "ReLU6", "Conv2d", "lr", "learning_rate", "epochs", "eps"};
  EXPECT_EQ(closest("Linaer", names), "Linear");
  EXPECT_EQ(closest("linear", names), "Linear");
  EXPECT_EQ(closest("relu", names), "ReLU");
  EXPECT_EQ(closest("Relu7", names), "ReLU"); // the first of two equally near ones
  EXPECT_EQ(closest("learning_rat", names), "learning_rate");
  EXPECT_EQ(closest("epoch", names), "epochs");
  EXPECT_EQ(closest("Conv3d", names), "Conv2d");
  EXPECT_EQ(closest("rl", names), "lr"); // neighbours swapped count as one edit
  EXPECT_EQ(closest("eposch", names), "epochs");
  EXPECT_EQ(closest("Quantum", names), "");
  EXPECT_EQ(closest("x", names), "");
  EXPECT_EQ(closest("", names), "");
  EXPECT_EQ(closest(std::string(10000, 'a'), names), "");
  EXPECT_EQ(closest("a", {}), "");
}

TEST(Strings, ShortNumber) {
  const std::pair<double, const char *> cases[] = {{0, "0"},     {-0.5, "-0.5"},   {0.001, "0.001"},
                                                   {784, "784"}, {1e5, "100000"},  {1e-8, "1e-08"},
                                                   {0.1, "0.1"}, {5e-4, "0.0005"}, {1e300, "1e+300"}};
  for (auto [value, text] : cases)
    EXPECT_EQ(shortNumber(value), text);
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    double value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 200) - 150);
    EXPECT_EQ(parseNumber(shortNumber(value)), value);
  }
}

TEST(Strings, Grouped) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(25450), "25,450");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-1000), "-1,000");
  EXPECT_EQ(grouped(-100), "-100");
  EXPECT_EQ(grouped(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Strings, ParseNumber) {
  for (const char *bad :
       {"", "-", "x", "1x", " 1", "1 ", "inf", "nan", "-inf", "+1", ".", "1e", "0x10", "1,5", "1e999"})
    EXPECT_EQ(parseNumber(bad), std::nullopt) << bad;
  EXPECT_EQ(parseNumber("-1.5e3"), -1500);
  EXPECT_EQ(parseNumber(".5"), 0.5);
}

TEST(Strings, Utf8) {
  for (uint32_t c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 37) {
    std::string text;
    if (c < 0x80)
      text = {static_cast<char>(c)};
    else if (c < 0x800)
      text = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
    else if (c < 0x10000)
      text = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
              static_cast<char>(0x80 | (c & 63))};
    else
      text = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
              static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
    bool surrogate = c >= 0xD800 && c < 0xE000;
    ASSERT_EQ(utf8Length(text), surrogate ? 0 : text.size()) << c;
    for (size_t cut = 1; cut < text.size(); ++cut)
      ASSERT_EQ(utf8Length(llvm::StringRef(text).take_front(cut)), 0u) << c;
  }
  for (const char *bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                          "\xF5\x80\x80\x80", "\xFF", "\xC3(", "\xE2\x82("})
    EXPECT_EQ(utf8Length(bad), 0u);
}

} // namespace
} // namespace dlc
