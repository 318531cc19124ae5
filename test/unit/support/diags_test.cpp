// Tests of diagnostics: the printed forms letter for letter, order, limits, hostile text, and the table of codes.
// Which mistake gets which code is tested where the mistakes are found.
#include "dlc/support/diags.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"
#include <set>

namespace dlc {
namespace {

struct Fixture : testing::Test {
  Sources sources;
  Diags diags{sources};

  Loc at(llvm::StringRef text, size_t offset, size_t length) { return locOf(text.substr(offset, length)); }
  Loc find(llvm::StringRef text, llvm::StringRef word) { return at(text, text.find(word), word.size()); }
  std::string print(DiagPrintOptions options = {}) {
    std::string out;
    llvm::raw_string_ostream os(out);
    diags.flush(os, options);
    return out;
  }
};
using DiagsTest = Fixture;

TEST_F(DiagsTest, PrintsLineAndCaret) {
  llvm::StringRef text = sources.add("net.dsl", "[model]\n\n\n\nlayer=Linear,128,10\n");
  diags.error(find(text, "128"), "E232") << "Linear declares " << 128 << " inputs, but its input has 64";
  EXPECT_EQ(diags.exitCode(), 3);
  EXPECT_EQ(print(), "net.dsl:5:14: error[E232]: Linear declares 128 inputs, but its input has 64\n"
                     "    5 | layer=Linear,128,10\n"
                     "      |              ^^^\n");
  EXPECT_EQ(diags.exitCode(), 3);
  EXPECT_EQ(print(), "");
}

TEST_F(DiagsTest, TheCaretStandsInCells) {
  // Two cells for each wide character, none for a combining one; the column still counts bytes.
  llvm::StringRef text = sources.add("net.dsl", "Csv(\"日本🎉e\u0301\", foo=3)");
  diags.error(find(text, "foo"), "E251") << "x";
  EXPECT_EQ(print(), "net.dsl:1:22: error[E251]: x\n"
                     "    1 | Csv(\"日本🎉e\u0301\", foo=3)\n"
                     "      |                ^^^\n");
  diags.error(find(text, "本🎉"), "E251") << "x";
  EXPECT_TRUE(llvm::StringRef(print()).ends_with("      |        ^^^^\n"));
}

TEST_F(DiagsTest, NotesComeBeforeHelp) {
  llvm::StringRef text = sources.add("net.dsl", "output = main + input -> ReLU");
  diags.error(find(text, "main + input"), "E230")
          .help("use a projection")
          .note(find(text, "main"), "16x32x32")
          .note(find(text, "input"), "3x32x32")
      << "cannot apply '+'";
  EXPECT_EQ(print(), "net.dsl:1:10: error[E230]: cannot apply '+'\n"
                     "    1 | output = main + input -> ReLU\n"
                     "      |          ^^^^^^^^^^^^\n"
                     "note: 16x32x32\n"
                     "    1 | output = main + input -> ReLU\n"
                     "      |          ~~~~\n"
                     "note: 3x32x32\n"
                     "    1 | output = main + input -> ReLU\n"
                     "      |                 ~~~~~\n"
                     "help: use a projection\n");
}

TEST_F(DiagsTest, ShapeTrail) {
  llvm::StringRef text =
      sources.add("net.dsl", "[model]\n\ninput  = 3x32x32\n  -> Conv2d(8, 3) -> ReLU -> MaxPool2d(2)\n");
  diags.error(find(text, "MaxPool2d"), "E231")
          .trail({{find(text, "input  = 3x32x32"), "3x32x32"},
                  {find(text, "-> Conv2d(8, 3)"), "8x30x30"},
                  {find(text, "-> ReLU -> MaxPool2d(2)"), "8x15x15"}})
      << "x";
  EXPECT_EQ(print(), "net.dsl:4:30: error[E231]: x\n"
                     "    4 |   -> Conv2d(8, 3) -> ReLU -> MaxPool2d(2)\n"
                     "      |                              ^^^^^^^^^\n"
                     "note: how this value got its shape\n"
                     "    3 | input  = 3x32x32                            3x32x32\n"
                     "    4 |   -> Conv2d(8, 3)                           8x30x30\n"
                     "    4 |                   -> ReLU -> MaxPool2d(2)   8x15x15\n");
}

TEST_F(DiagsTest, PlacesInDataFilesAndNone) {
  diags.errorAt({"iris.csv", 57, 9, 10, "5.1,3.5,,0.2,setosa"}, "E303") << "column 'petal_length' is empty";
  diags.errorAt({"old.model", 0, 0, 0, ""}, "E402").detail("linear2.weight   file 10x64") << "weights do not match";
  diags.error() << "train takes 1 file";
  diags.error("E601") << "loss became NaN";
  EXPECT_EQ(diags.exitCode(), 4);
  EXPECT_EQ(print(), "iris.csv:57:9: error[E303]: column 'petal_length' is empty\n"
                     "   57 | 5.1,3.5,,0.2,setosa\n"
                     "      |         ^\n"
                     "\nold.model: error[E402]: weights do not match\n"
                     "  linear2.weight   file 10x64\n"
                     "\ndlc: error: train takes 1 file\n"
                     "\nerror[E601]: loss became NaN\n");
}

TEST_F(DiagsTest, SortedWithoutRepetitions) {
  llvm::StringRef a = sources.add("a.dsl", "one two three"), b = sources.add("b.dsl", "four");
  diags.error(find(b, "four"), "E205") << "4";
  diags.error(find(a, "three"), "E205") << "3";
  diags.warning(find(a, "one"), "W501") << "w";
  diags.error(find(a, "one"), "E205") << "1";
  diags.error(find(a, "three"), "E205") << "3";
  diags.error(find(a, "three"), "E205") << "another";
  std::string messages;
  for (const Diagnostic *d : diags.sorted())
    messages += d->message + " ";
  EXPECT_EQ(messages, "1 w 3 another 4 ");
  EXPECT_EQ(diags.warningCount(), 1u);
}

TEST_F(DiagsTest, WarningsCanBeErrors) {
  diags.warning({}, "W501") << "x";
  EXPECT_FALSE(diags.hadError());
  EXPECT_EQ(diags.exitCode(), 0);
  diags.setWarningsAsErrors(true);
  diags.warning({}, "W501") << "y";
  EXPECT_TRUE(diags.hadError());
  EXPECT_EQ(diags.exitCode(), 3);
}

TEST_F(DiagsTest, AtMostTwentyArePrinted) {
  llvm::StringRef text = sources.add("a.dsl", std::string(50, 'x'));
  for (size_t i = 0; i < 50; ++i)
    diags.error(at(text, i, 1), "E205") << i;
  std::string out = print();
  EXPECT_EQ(llvm::StringRef(out).count("error[E205]"), Diags::kMaxPrinted);
  EXPECT_TRUE(llvm::StringRef(out).ends_with("\n30 more\n"));
  for (size_t i = 0; i < 50; ++i)
    diags.error(at(text, i, 1), "E205") << i;
  out = print({.json = true});
  EXPECT_EQ(llvm::StringRef(out).count("\"event\":\"diagnostic\""), Diags::kMaxPrinted);
  EXPECT_TRUE(llvm::StringRef(out).ends_with("\n{\"v\":1,\"event\":\"more\",\"diagnostics\":30}\n"));
}

TEST_F(DiagsTest, LongLinesAreCut) {
  std::string line = std::string(1 << 20, 'a') + "XX" + std::string(1 << 20, 'b');
  llvm::StringRef text = sources.add("a.dsl", line);
  diags.error(find(text, "XX"), "E205") << line;
  std::string out = print();
  EXPECT_LT(out.size(), 1000u);
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(out).split(lines, '\n');
  ASSERT_GE(lines.size(), 3u);
  EXPECT_EQ(lines[1].find("XX"), lines[2].find("^^"));
}

TEST_F(DiagsTest, CaretStandsUnderItsTextForAnyPlace) {
  // Every pair of lengths before and behind the word, around the width where lines are cut.
  for (size_t before = 0; before < 400; before += 7)
    for (size_t behind = 0; behind < 400; behind += 13)
      for (const char *filler : {"a", "\xC3\xA4", "\t"}) {
        std::string line;
        for (size_t i = 0; i < before; ++i)
          line += filler;
        line += "XYZ";
        for (size_t i = 0; i < behind; ++i)
          line += filler;
        llvm::StringRef text = sources.add("a.dsl", line);
        diags.error(find(text, "XYZ"), "E205") << "m";
        std::string out = print();
        llvm::SmallVector<llvm::StringRef> lines;
        llvm::StringRef(out).split(lines, '\n');
        size_t column = 0;
        llvm::StringRef head = lines[1].take_front(lines[1].find("XYZ"));
        for (char c : head)
          column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        ASSERT_EQ(column, lines[2].find("^^^")) << before << " " << behind;
      }
}

TEST_F(DiagsTest, NothingHostileReachesTheTerminal) {
  llvm::StringRef text = sources.add("a\x1B[31m.dsl", "a \x1B]0;x\x07 \xFF \xC2\x9B b\x7F");
  diags.error(at(text, 0, 1), "E205") << text;
  std::string out = print();
  for (char c : {'\x1B', '\x07', '\xFF', '\x7F', '\x9B'})
    EXPECT_EQ(out.find(c), std::string::npos);
}

TEST_F(DiagsTest, OutputIsBounded) {
  std::string line(100000, '"');
  llvm::StringRef text = sources.add("a.dsl", line);
  for (size_t i = 0; i < 30; ++i) {
    auto d = diags.error(at(text, i, 50000), "E205");
    d << line;
    for (int n = 0; n < 20; ++n)
      d.note(at(text, i, 9), line).help(line).detail(line);
    d.trail(std::vector<TrailLine>(40, {at(text, i, 5), line}));
  }
  EXPECT_LT(print().size(), size_t(64) << 10);
}

TEST_F(DiagsTest, Json) {
  llvm::StringRef text = sources.add("net.dsl", "lr = 1\nx = \"\xFF\"\n");
  diags.error(find(text, "lr"), "E260").help("did you mean lr?").note(find(text, "x"), "here")
      << "unknown \"key\" \xFF";
  diags.errorAt({"iris.csv", 57, 9, 10, "a"}, "E303") << "empty";
  std::string out = print({.json = true});
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(out).split(lines, '\n', -1, false);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(lines[0].starts_with("{\"v\":1,\"event\":\"diagnostic\","));
  auto value = llvm::json::parse(lines[0]);
  ASSERT_TRUE(bool(value));
  auto *object = value->getAsObject();
  EXPECT_EQ(object->getString("severity"), "error");
  EXPECT_EQ(object->getString("code"), "E260");
  EXPECT_EQ(object->getString("file"), "net.dsl");
  EXPECT_EQ(object->getInteger("line"), 1);
  EXPECT_EQ(object->getInteger("column"), 1);
  EXPECT_EQ(object->getInteger("end_column"), 3);
  EXPECT_EQ(object->getString("help"), "did you mean lr?");
  EXPECT_EQ(object->getArray("notes")->size(), 1u);
  value = llvm::json::parse(lines[1]);
  ASSERT_TRUE(bool(value));
  EXPECT_EQ(value->getAsObject()->getInteger("line"), 57);
}

TEST_F(DiagsTest, ColorOnlyWhenAsked) {
  diags.error() << "x";
  EXPECT_EQ(print().find('\x1B'), std::string::npos);
  diags.error() << "x";
  EXPECT_NE(print({.color = true}).find('\x1B'), std::string::npos);
}

TEST(DiagTable, EveryRowIsComplete) {
  std::set<std::string> codes;
  for (const DiagInfo &info : allDiagInfos()) {
    EXPECT_EQ(info.code.size(), 4u) << info.code.str();
    EXPECT_TRUE(codes.insert(info.code.str()).second) << info.code.str() << " twice";
    EXPECT_FALSE(info.title.empty());
    EXPECT_TRUE(info.page.contains("Wrong:") && info.page.contains("Right:")) << info.code.str();
    EXPECT_EQ(info.exitCode == 0, info.code[0] == 'W') << info.code.str();
    EXPECT_EQ(findDiagInfo(info.code.lower()), &info);
    llvm::SmallVector<llvm::StringRef> lines;
    info.page.split(lines, '\n');
    for (llvm::StringRef line : lines)
      EXPECT_LE(line.size(), 120u) << info.code.str();
  }
  EXPECT_TRUE(std::is_sorted(allDiagInfos().begin(), allDiagInfos().end(), [](const DiagInfo &a, const DiagInfo &b) {
    return std::pair(a.code[0], a.code) < std::pair(b.code[0], b.code);
  }));
  EXPECT_EQ(findDiagInfo("E999"), nullptr);
}

struct VerifyTest : Fixture {
  std::string verify(llvm::StringRef text) {
    std::string out;
    llvm::raw_string_ostream os(out);
    const bool ok = verifyDiagnostics(diags, text, os);
    EXPECT_EQ(ok, out.empty());
    EXPECT_EQ(diags.count(), 0u);
    EXPECT_FALSE(diags.hadError());
    return out;
  }
};

TEST_F(VerifyTest, MeetsWhatIsExpected) {
  llvm::StringRef text = sources.add("a.dsl", "# expected-error@+2 {{E260: unknown key 'y'}} expected-help@+2 {{lr}}\n"
                                              "// expected-note@+2 {{first}} expected-warning@4 {{W501}}\n"
                                              "y = {{x}}\nx = 1 # expected-error@-1 {{braces {{}}}\n");
  Loc y = find(text, "y = "), x = find(text, "x = 1");
  diags.error(y, "E260").help("did you mean lr?").note(x, "the first is here") << "unknown key 'y'";
  diags.error(y, "E205") << "braces {{}";
  diags.warning(x, "W501") << "unused";
  EXPECT_EQ(verify(text), "");
}

TEST_F(VerifyTest, SaysWhatDiffers) {
  llvm::StringRef text = sources.add("a.dsl", "x = 1 # expected-error {{one}}\ny = 2\n");
  EXPECT_EQ(verify(text), "a.dsl:1:18: expected error did not come: one (line 1)\n");
  diags.error(find(text, "y"), "E205") << "two";
  diags.error(find(text, "x"), "E205") << "one";
  EXPECT_EQ(verify(text), "a.dsl:2:1: unexpected error E205: two (line 2)\n");
  // One expectation meets one error, on its line, of its kind and code.
  diags.error(find(text, "x"), "E205") << "one";
  diags.error(find(text, "1"), "E205") << "one";
  EXPECT_NE(verify(text), "");
  diags.warning(find(text, "x"), "W501") << "one";
  EXPECT_NE(verify(text), "");
  llvm::StringRef coded = sources.add("b.dsl", "x # expected-error {{E260: one}}");
  diags.error(find(coded, "x"), "E205") << "one";
  EXPECT_NE(verify(coded), "");
  EXPECT_NE(verify(sources.add("c.dsl", "# expected-error {{never closed")), "");
  EXPECT_NE(verify(sources.add("d.dsl", "# expected-thing {{x}}")), "");
}

TEST(Sources, PositionsOfEveryByte) {
  Sources sources;
  llvm::StringRef text = sources.add("a", "ab\r\n\nc");
  const std::pair<unsigned, unsigned> expected[] = {{1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 1}, {3, 1}, {3, 2}};
  for (size_t i = 0; i <= text.size(); ++i) {
    Position p = sources.position(locOf(text.substr(i, 0)));
    EXPECT_EQ(std::pair(p.line, p.column), expected[i]) << i;
  }
  EXPECT_EQ(sources.position(locOf(text)).endColumn, 3u); // without the line end
  EXPECT_EQ(sources.position(locOf(text)).lineText, "ab");
  EXPECT_EQ(sources.where(locOf(text.substr(5))), "a:3:1");
  EXPECT_EQ(sources.where({}), "");
  EXPECT_EQ(sources.where(locOf("elsewhere")), "");
  EXPECT_EQ(sources.fileOf(llvm::SMLoc::getFromPointer(text.end())), "a");
}

} // namespace
} // namespace dlc
