// How tables are written: decimal commas, comments, UTF-16, and tables for predictions whose columns nobody names.
// What is read of plain tables is csv_test.cpp.
#include "csv_test.h"

namespace dlc::data::test {
namespace {

TEST(CsvDialect, DecimalCommas) {
  CsvOptions options;
  options.decimal = ',';
  for (char separator : {'\0', ';'}) {
    options.separator = separator;
    for (llvm::StringRef text :
         {"1,5;-2,25;0\n3;,5;1\n", "a;b;y\n1,5;-2,25;0\n3;,5;1\n", "\"1,5\"; -2,25 ;0\r\n+3;5e-1;1\r\n"}) {
      auto data = parse(text, options);
      ASSERT_TRUE(data) << text.str() << toString(data.failure());
      EXPECT_EQ(valuesOf(*data), (std::vector<double>{1.5, -2.25, 3, 0.5})) << text.str();
      EXPECT_EQ(data->numbers, (std::vector<double>{0, 1})) << text.str();
    }
  }
  options.separator = 0;
  EXPECT_EQ(valuesOf(*parse("1,5 2,5 0\n3,5 4,5 1\n", options)), (std::vector<double>{1.5, 2.5, 3.5, 4.5}));
  EXPECT_EQ(valuesOf(*parse("1,5\t2,5\t0\n", options)), (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(valuesOf(*parse("1,5\n2,5\n", options)), (std::vector<double>{1.5, 2.5})); // one column
  EXPECT_EQ(parse("1;2;0,5\n3;4;1,5\n", options)->numbers, (std::vector<double>{0.5, 1.5}));
  // 1.234 is a thousand here, and 1.234,5 more.
  for (llvm::StringRef cell : {"1.234", "1.234,5", "1,2,3", "1,5x"}) {
    Trouble trouble = parse(("1,5;2;0\n" + cell + ";2;0\n").str(), options).failure();
    EXPECT_EQ(trouble.code.str(), "E303") << cell.str();
    EXPECT_EQ(trouble.place.line, 2u);
  }
  EXPECT_EQ(parse("1.5;2;0\n", options).failure().help,
            "if the decimal separator is a point, say so: Csv(..., decimal=\".\")");
}

TEST(CsvDialect, Comments) {
  CsvOptions options;
  options.comment = '#';
  for (llvm::StringRef text : {"# made by a logger\n1,2,0\n3,4,1\n", "1,2,0\n#3,4\n\n  # more, of, it, \"\n3,4,1\n",
                               "1,2,0 # good\n3,4,1 # \n", "#a,b\na,b,y\n1,2,0\n3,4,1 #", "# x; y\n1;2;0\n3;4;1 #",
                               "#!\n1 2 0 # x y\n3 4 1 #z", "1,\"2\" ,0 #\n3,4,\"1\" # \"\n#"}) {
    auto data = parse(text, options);
    ASSERT_TRUE(data) << text.str() << toString(data.failure());
    EXPECT_EQ(valuesOf(*data), (std::vector<double>{1, 2, 3, 4})) << text.str();
    EXPECT_EQ(data->numbers, (std::vector<double>{0, 1})) << text.str();
  }
  EXPECT_EQ(parse("1,C#\n2,F# # a name\n3,#N/A # or not\n", options).failure().message,
            "column 2 (the label) has no value");
  EXPECT_EQ(parse("1,C#\n2,F# # a name\n3,\"#x\"\n", options)->classNames,
            (std::vector<std::string>{"#x", "C#", "F#"}));
  // Lines are those of the file.
  EXPECT_EQ(parse("# one\n1,2,0\n# three\n1,x,0\n", options).failure().place.line, 4u);
  EXPECT_EQ(parse("1,2,0\n# three\n1,x,0\n").failure().code.str(), "E302");
  EXPECT_EQ(parse("1\n# three\n").failure().help, "if this is a comment, say so: Csv(..., comment=\"#\")");
  options.missing = CsvOptions::Missing::Zero;
  EXPECT_EQ(valuesOf(*parse("#N/A,2,0\n#n/a ,4,1\n", options)), (std::vector<double>{0, 2, 0, 4}));
}

TEST(CsvDialect, CellsOfSpreadsheetsThatAreEmpty) {
  CsvOptions options;
  options.missing = CsvOptions::Missing::Zero;
  EXPECT_EQ(valuesOf(*parse("#N/A,2,0\n3,#n/a,1\n", options)), (std::vector<double>{0, 2, 3, 0}));
  EXPECT_EQ(parse("1,2,0\n3,#N/A,1\n").failure().message, "column 2 has no value");
}

std::string utf16(llvm::StringRef text, bool big, bool mark) {
  std::string bytes = mark ? (big ? "\xfe\xff" : "\xff\xfe") : "";
  for (char c : text) {
    bytes += big ? '\0' : c;
    bytes += big ? c : '\0';
  }
  return bytes;
}

TEST(Utf16, IsReadWithAMarkAndWithout) {
  for (bool big : {false, true})
    for (bool mark : {false, true})
      EXPECT_EQ(utf8OfUtf16(utf16("1,2,cat\n", big, mark)), "1,2,cat\n");
  EXPECT_EQ(utf8OfUtf16(llvm::StringRef("\xff\xfe\xe4\0\x3d\xd8\x00\xde", 8)), "\xc3\xa4\xf0\x9f\x98\x80"); // a pair
  EXPECT_EQ(utf8OfUtf16("\xff\xfe"), "");
  for (llvm::StringRef bytes : {llvm::StringRef("1,2\n"), llvm::StringRef(""), llvm::StringRef("\0", 1),
                                llvm::StringRef("a\0b", 3), llvm::StringRef("\0\0\1\0", 4),
                                llvm::StringRef("\0a\0b\0", 5), llvm::StringRef("\xff\xfe\x3d\xd8", 4), // half a pair
                                llvm::StringRef("\xff\xfe\0\0\1\0\0\0", 8)})                            // UTF-32
    EXPECT_FALSE(utf8OfUtf16(bytes)) << bytes.str();
  damage(utf16("1,2\n3,4\n", false, true), 500, [](llvm::StringRef bytes) { (void)utf8OfUtf16(bytes); });
}

TEST(Utf16, FilesOfEveryKindOfText) {
  TemporaryFolder folder;
  LoadContext context;
  context.folder = folder.path;
  for (bool big : {false, true})
    for (bool mark : {false, true}) {
      folder.write("t.csv", utf16("a,b,kind\r\n1,2,cat\r\n3,4,dog\r\n", big, mark));
      auto table = load(spec("Csv", {{"file", word("t.csv")}}), context);
      ASSERT_TRUE(table) << toString(table.failure());
      EXPECT_EQ(valuesOf(**table), (std::vector<double>{1, 2, 3, 4}));
      EXPECT_EQ((*table)->columnNames, (std::vector<std::string>{"a", "b"}));
      folder.write("l.csv", utf16("x\ny\n", big, mark));
      auto labelled =
          load(spec("Csv", {{"file", word("t.csv")}, {"labels", word("l.csv")}, {"columns", word("a")}}), context);
      ASSERT_TRUE(labelled) << toString(labelled.failure());
      EXPECT_EQ((*labelled)->classNames, (std::vector<std::string>{"x", "y"}));
      folder.write("t.txt", utf16("abba", big, mark));
      context.sampleSize = 3;
      auto text = load(spec("Text", {{"file", word("t.txt")}}), context);
      context.sampleSize.reset();
      ASSERT_TRUE(text) << toString(text.failure());
      EXPECT_EQ((*text)->values.tokens, (std::vector<int32_t>{0, 1, 1, 0}));
    }
  folder.write("t.csv", llvm::StringRef("\xff\xfe\0\0"
                                        "1\0\0\0",
                                        8));
  EXPECT_EQ(load(spec("Csv", {{"file", word("t.csv")}}), context).failure().message, "the file is text in UTF-32");
}

/// A headerless table for the predictions of a net of four features and three classes.
std::string said(llvm::StringRef text, CsvOptions options = {}) {
  options.labelMayLack = true;
  options.sampleSize = 4;
  auto data = parseCsv({text, "t.csv"}, std::nullopt, options);
  if (!data)
    return data.failure().code.str().str() + ": " + data.failure().message;
  EXPECT_EQ(data->targetKind, TargetKind::None);
  EXPECT_EQ(data->sampleSize(), 4u);
  return std::to_string(data->value(0, 0));
}

TEST(CsvColumns, TablesForPredictionsHaveTheFeaturesAndPerhapsTheLabel) {
  CsvOptions classes;
  classes.labels = {3, {}};
  EXPECT_EQ(said("1,2,3,4\n", classes), "1.000000");
  EXPECT_EQ(said("1,2,3,4,2\n1,2,3,4,\n1,2,3,4,0\n", classes), "1.000000");
  EXPECT_EQ(said("1,2,3,4,cat\n", classes), "1.000000");
  EXPECT_EQ(said("a,b,c,d,kind\n1,2,3,4,2\n", classes), "1.000000"); // names that the model does not know
  EXPECT_EQ(said("1,5.1,3.5,1.4,0.2\n", classes),
            "E305: the table has 5 columns, but the model takes 4 features, and '0.2' in column 5 is not a class");
  EXPECT_EQ(said("1,5,3,1,2\n1,5,3,1,3\n", classes),
            "E305: the table has 5 columns, but the model takes 4 features, and '3' in column 5 is not a class");
  EXPECT_EQ(said("5.1,3.5,1.4\n", classes), "E305: the table has 3 columns, but the model takes 4 features");
  EXPECT_EQ(said("1\n", classes), "E305: the table has 1 column, but the model takes 4 features");
  EXPECT_EQ(said("1,2,3,4,5,0\n", classes), "E305: the table has 6 columns, but the model takes 4 features");
  EXPECT_EQ(said("id,a,b,c,d,kind\n1,2,3,4,5,0\n", classes),
            "E305: the table has 6 columns (id, a, b, c, d, kind), but the model takes 4 features");
  classes.labels.names = {"1", "7", "9"};
  EXPECT_EQ(said("1,2,3,4,9\n", classes), "1.000000");
  EXPECT_EQ(said("1,2,3,4,8\n", classes).substr(0, 4), "E305");
  classes.label = "first";
  EXPECT_EQ(said("7,1,2,3,4\n", classes), "1.000000");
  EXPECT_EQ(said("8,1,2,3,4\n", classes).substr(0, 4), "E305");
  EXPECT_EQ(said("1,2,3,4\n", classes), "1.000000");
  classes.label = "none";
  EXPECT_EQ(said("1,2,3,4,1\n", classes).substr(0, 4), "E305");
  // Any number may be a target: what is assumed is said, unless the source said it.
  EXPECT_EQ(said("1,2,3,4,0.5\n"), "1.000000");
  for (llvm::StringRef label : {"", "last"}) {
    CsvOptions numbers = {.label = label.str(), .sampleSize = 4, .labelMayLack = true};
    EXPECT_EQ(parse("1,2,3,4,0.5\n", numbers)->targetAssumed, label.empty());
    EXPECT_FALSE(parse("1,2,3,4\n", numbers)->targetAssumed);
  }
  // Columns with names that the model knows are matched by them, chosen ones are chosen.
  CsvOptions named;
  named.columnNames = {"a", "b", "c", "d"};
  EXPECT_EQ(said("a,b,c,d,e\n1,2,3,4,0.5\n", named), "1.000000");
  EXPECT_EQ(said("id,a,b,c,d\n1,2,3,4,0.5\n", named).substr(0, 4), "E302");
  EXPECT_EQ(said("9,1,2,3,4,8\n", {.columns = {"2", "3", "4", "5"}}), "1.000000");
  // Without names in the table, those that were chosen by name are counted.
  EXPECT_EQ(said("1,2,3,4\n", {.columns = {"a", "b", "c", "d"}}), "1.000000");
  EXPECT_EQ(said("9,1,2,3,4,8\n", {.columns = {"a", "b", "c", "d"}}).substr(0, 4), "E305");
  EXPECT_EQ(said("d,c,b,a\n4,3,2,1\n", {.columns = {"a", "b", "c", "d"}}), "1.000000");
}

TEST(PictureList, QuotesTabsAndCommas) {
  auto lines = [](llvm::StringRef text) {
    auto list = parsePictureList({text, "l"});
    EXPECT_TRUE(list) << text.str() << toString(list.failure());
    std::string all;
    for (const ListedPicture &picture : *list)
      all += std::to_string(picture.line) + ":" + picture.path + "|" + picture.label + ";";
    return all;
  };
  EXPECT_EQ(lines("a.png,cat\nb.png, dog \n"), "1:a.png|cat;2:b.png|dog;");
  EXPECT_EQ(lines("a.png\tcat\r\n\r\nb c.png\tbig dog\r\n"), "1:a.png|cat;3:b c.png|big dog;");
  EXPECT_EQ(lines("a, b.png,cat\n"), "1:a, b.png|cat;");
  EXPECT_EQ(lines("a, b.png\tcat, small\n"), "1:a, b.png|cat, small;");
  EXPECT_EQ(lines("\"a,b.png\",\"cat, small\"\n\"c\"\"d.png\" , cat\n"), "1:a,b.png|cat, small;2:c\"d.png|cat;");
  EXPECT_EQ(lines("a.png,\"cat\tdog\"\n"), "1:a.png|cat\tdog;");
  EXPECT_EQ(lines("5\"x7.png,cat\n"), "1:5\"x7.png|cat;"); // a quote inside is a character
  EXPECT_EQ(lines("\xef\xbb\xbf"
                  "a.png\n\"b.png\"\n"),
            "1:a.png|;2:b.png|;");
  auto said = [](llvm::StringRef text) {
    Trouble trouble = parsePictureList({text, "l"}).failure();
    return trouble.code.str().str() + ":" + std::to_string(trouble.place.line) + " " + trouble.message;
  };
  EXPECT_EQ(said("a.png,cat\nb.png,\n"), "E304:2 there is no label after the comma");
  EXPECT_EQ(said("a.png\tcat\nb.png\t\n"), "E304:2 there is no label after the tab");
  EXPECT_EQ(said("a.png\tcat\nb.png\n"), "E304:2 this line has no label, but the first one has");
  EXPECT_EQ(said("a.png\nb.png,dog\n"), "E304:2 this line has a label, but the first one has none");
  EXPECT_EQ(said("a.png,cat\n\"b.png,cat\n"), "E302:2 this quote is not closed before the end of the cell");
  EXPECT_EQ(said(",cat\n"), "E302:1 there is no path in this line");
  damage("\"a,b\",\"c\"\nd\te\n", 2000, [](llvm::StringRef bytes) {
    auto list = parsePictureList({bytes, "l"});
    EXPECT_TRUE(list || list.failure().code.str()[0] == 'E');
  });
}

} // namespace
} // namespace dlc::data::test
