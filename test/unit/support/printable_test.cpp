// Text of data on its way to a terminal, a line or a table.
// What a character is in UTF-8 is tested in strings_test.cpp.
#include "dlc/support/printable.h"

#include <gtest/gtest.h>

namespace dlc::test {
namespace {

TEST(Printable, NothingSteersATerminal) {
  struct {
    llvm::StringRef text, printed, escaped, csv;
  } const kTexts[] = {
      {"plain", "plain", "plain", "plain"},
      {"gr\u00fcn \u7dd1", "gr\u00fcn \u7dd1", "gr\u00fcn \u7dd1", "gr\u00fcn \u7dd1"},
      {"a, b", "a, b", "a, b", "\"a, b\""},
      {"say \"x\"", "say \"x\"", "say \"x\"", "\"say \"\"x\"\"\""},
      {" x", " x", " x", "\" x\""},
      {"two\nlines", "two\uFFFDlines", "two\\nlines", "\"two\nlines\""},
      {"two\r\nlines", "two\uFFFD\uFFFDlines", "two\\r\\nlines", "\"two\r\nlines\""},
      {"a\tb", "a b", "a\\tb", "a\\tb"},
      {"\x1b[31mred", "\uFFFD[31mred", "\\x1b[31mred", "\\x1b[31mred"},
      {"\x07\x7f", "\uFFFD\uFFFD", "\\x07\\x7f", "\\x07\\x7f"},
      {"\u009b31m", "\uFFFD31m", "\\u009b31m", "\\u009b31m"},
      {"a\u202eb\u2066", "a\uFFFDb\uFFFD", "a\\u202eb\\u2066", "a\\u202eb\\u2066"},
      {"a\u2028b", "a\uFFFDb", "a\\u2028b", "a\\u2028b"},
      {"\xff\xc3", "\uFFFD\uFFFD", "\\xff\\xc3", "\\xff\\xc3"},
      {"", "", "", ""},
  };
  for (const auto &text : kTexts) {
    EXPECT_EQ(printable(text.text), text.printed);
    EXPECT_EQ(escaped(text.text), text.escaped);
    EXPECT_EQ(csvField(text.text), text.csv);
  }
  EXPECT_EQ(printable("a\tb\n\x1b", Lines::All), "a\tb\n\uFFFD");
}

TEST(Printable, JsonKeepsItsMeaning) {
  EXPECT_EQ(jsonSafe("{\"a\": \"gr\u00fcn \\n\"}\n"), "{\"a\": \"gr\u00fcn \\n\"}\n");
  EXPECT_EQ(jsonSafe("\"\x7f\u009b\u202e\""), "\"\\u007f\\u009b\\u202e\"");
}

TEST(Printable, WidthIsInCells) {
  EXPECT_EQ(displayWidth("gr\u00fcn"), 4u);
  EXPECT_EQ(displayWidth("\u7dd1\u7dd1"), 4u);
  EXPECT_EQ(fitted("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(fitted("abcdefghi", 8), "abc...hi");
  EXPECT_EQ(fitted("\u7dd1\u7dd1\u7dd1\u7dd1\u7dd1", 8), "\u7dd1...\u7dd1");
  EXPECT_EQ(fitted("abcd", 2), "..");
  EXPECT_EQ(padded("\u00fc", 3), "\u00fc  ");
  EXPECT_EQ(padded("\u7dd1", 3, true), " \u7dd1");
  EXPECT_EQ(padded("abcd", 3), "abcd");
}

TEST(Printable, LinesBreakBetweenFields) {
  EXPECT_EQ(wrapped("a | b | c", 9), "a | b | c");
  EXPECT_EQ(wrapped("one | b | c", 9), "one | b\n    | c");
  EXPECT_EQ(wrapped("one | a long field | c", 9), "one | a long field\n    | c");
  EXPECT_EQ(wrapped("a line without fields", 9), "a line without fields");
  EXPECT_EQ(listRow("ab", 4, "one two three", 11), "ab  one two\n    three\n");
  EXPECT_EQ(listRow("abcd", 4, "one", 11), "abcd\n    one\n");
  EXPECT_EQ(listRow("ab", 4, "unbreakable", 11), "ab  unbreakable\n");
  EXPECT_EQ(listRow("ab", 4, "", 11), "ab\n") << "no blanks at the end";
}

} // namespace
} // namespace dlc::test
