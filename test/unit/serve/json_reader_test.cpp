// JsonReader: everything of RFC 8259 is read, and nothing else is.
// Tensors and rows, which are read with it, have tests of their own.
#include "dlc/serve/json_reader.h"

#include "gtest/gtest.h"

namespace dlc::serve {
namespace {

bool accepts(llvm::StringRef text) {
  JsonReader json(text);
  return json.skip() && json.atEnd();
}

TEST(JsonReader, SkipsEveryValue) {
  for (const char *text :
       {"0", "-0", "1e5", "-1.25E-3", "\"\"", "\"a\\n\\u00e9\\ud83d\\ude00\"", "true", "false", "null", "[]", "{}",
        "[[],{}]", " [1 , 2 ,\t[3]\r\n] ", "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":2}", "[[[[[]]]],1]", "\"\xc3\xa9\""})
    EXPECT_TRUE(accepts(text)) << text;
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  for (const char *text : {"",
                           " ",
                           "01",
                           "+1",
                           ".5",
                           "1.",
                           "1e",
                           "-",
                           "--1",
                           "1a",
                           "0x10",
                           "1.5.2",
                           "NaN",
                           "Infinity",
                           "nul",
                           "tru",
                           "truex",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[1",
                           "]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\":1 \"b\":2}",
                           "{1:2}",
                           "\"",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "\"\n\"",
                           "\"\xff\"",
                           "\"\xc0\x80\"",
                           "\"\xed\xa0\x80\"",
                           "1 2",
                           "[] []",
                           "[}",
                           "{]",
                           "'a'",
                           "[1]//",
                           "\xef\xbb\xbf[]"})
    EXPECT_FALSE(accepts(text)) << text;
}

TEST(JsonReader, LimitsDepth) {
  EXPECT_TRUE(accepts(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(accepts(std::string(65, '[') + std::string(65, ']')));
  std::string objects;
  for (int i = 0; i < 100000; ++i)
    objects += "{\"a\":[";
  EXPECT_FALSE(accepts(objects));
}

TEST(JsonReader, GivesValuesAndPlaces) {
  JsonReader json(R"({"id": "a\"\u20ac", "n": [-1.50e+2, 7]})");
  std::string name, text;
  llvm::StringRef number;
  ASSERT_TRUE(json.beginObject());
  ASSERT_TRUE(json.member(name));
  EXPECT_EQ(name, "id");
  ASSERT_TRUE(json.string(text));
  EXPECT_EQ(text, "a\"\xe2\x82\xac");
  ASSERT_TRUE(json.member(name));
  ASSERT_TRUE(json.beginArray());
  ASSERT_TRUE(json.element());
  ASSERT_TRUE(json.number(number));
  EXPECT_EQ(number, "-1.50e+2");
  ASSERT_TRUE(json.element());
  EXPECT_FALSE(json.string(text)) << "it is a number";
  EXPECT_EQ(json.error(), "byte 36: expected a string");
  EXPECT_FALSE(json.element()) << "nothing follows a mistake";
  EXPECT_FALSE(json.member(name));
  EXPECT_FALSE(json.atEnd());
}

} // namespace
} // namespace dlc::serve
