// Tables: every option, every header form, every kind of trouble with its place.
// Files are not opened here; source_test.cpp does. What is held against other readers is in csv_reading_test.cpp.
#include "csv_test.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>

namespace dlc::data::test {
namespace {

Fallible<Dataset> parse2(llvm::StringRef text, llvm::StringRef labels, CsvOptions options = {}) {
  return parseCsv({text, "t.csv"}, TextFile{labels, "l.csv"}, options);
}

TEST(Csv, SeparatorsAndLineEndsGiveTheSameTable) {
  for (llvm::StringRef text : {"1,2,0\n3,4,1\n", "1;2;0\n3;4;1", "1\t2\t0\r\n3\t4\t1\r\n", "1 2 0\n3  4\t1\n",
                               "  1 2 0  \n 3 4 1 \n", "1 , 2 , 0\n 3, 4 ,1 \n",
                               "\xef\xbb\xbf"
                               "1,2,0\n3,4,1\n",
                               "\n\n1,2,0\n\n3,4,1\n\n\n", "\"1\",\"2\",0\n3,\"4\",\"1\"\n", "+1,2.0,0\n3e0,.4e1,1\n",
                               "a,b,c\n1,2,0\n3,4,1\n", "2,2,no,yes\n1,2,0\n3,4,1\n"}) {
    auto data = parse(text);
    ASSERT_TRUE(data) << text.str() << toString(data.failure());
    EXPECT_EQ(data->count, 2u) << text.str();
    EXPECT_EQ(valuesOf(*data), (std::vector<double>{1, 2, 3, 4})) << text.str();
    if (data->targetKind == TargetKind::Numbers)
      EXPECT_EQ(data->numbers, (std::vector<double>{0, 1})) << text.str();
    else
      EXPECT_EQ(data->classes, (std::vector<int32_t>{0, 1})) << text.str();
  }
}

TEST(Csv, HeaderForms) {
  struct Case {
    llvm::StringRef text;
    size_t rows;
    bool names;
  };
  for (const Case &c :
       {Case{"x,y,z\n1,2,3\n", 1, true}, Case{"1,2,3\n4,5,6\n", 2, false}, Case{"label,0,1\n7,8,9\n", 1, true},
        Case{"id,label,0,1\n6,7,8,9\n", 1, true}, Case{"1,2,3,y\n6,7,8,9\n", 1, true}, Case{"0,1,y\n7,8,9\n", 1, true},
        Case{"a,b,kind\n1,2,cat\n3,4,dog\n", 2, true}, Case{"1,2,cat\n3,4,dog\n", 2, false},
        Case{"2,2,cat,dog\n1,2,0\n3,4,1\n", 2, false}, Case{"a,b,c\n1,,3\n", 0, true}}) {
    CsvOptions options;
    options.missing = CsvOptions::Missing::Zero;
    auto data = parse(c.text, options);
    ASSERT_TRUE(data) << c.text.str();
    EXPECT_EQ(data->count, c.rows ? c.rows : 1) << c.text.str();
    EXPECT_EQ(!data->columnNames.empty(), c.names) << c.text.str();
  }
  CsvOptions drop, yes, no;
  drop.missing = CsvOptions::Missing::Drop; // a cell without a value is no number below a name
  EXPECT_EQ(parse("5,3,setosa\n1,2,?\n3,4,virginica\n", drop)->count, 2u);
  yes.header = CsvOptions::Header::Yes;
  no.header = CsvOptions::Header::No;
  EXPECT_EQ(parse("1,2\n3,4\n", yes)->count, 1u);
  EXPECT_EQ(parse("1,2\n3,4\n", no)->count, 2u);
  EXPECT_EQ(parse("a,b\n3,4\n", no).failure().code.str(), "E303");
}

TEST(Csv, CountedHeaderNamesTheClasses) {
  auto data = parse("3,2,setosa,virginica\n1,2,0\n3,4,1\n5,6,0\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->classNames, (std::vector<std::string>{"setosa", "virginica"}));
  EXPECT_EQ(data->classes, (std::vector<int32_t>{0, 1, 0}));
  EXPECT_EQ(parse("4,2,setosa,virginica\n1,2,0\n3,4,1\n5,6,0\n").failure().code.str(), "E302"); // a row is missing
  EXPECT_EQ(parse("2,2,setosa,virginica\n1,2,0\n3,4,2\n").failure().code.str(), "E304");
}

TEST(Csv, NumbersAboveTheirColumnsAreNames) {
  auto data = parse("1,2,y\n1,2,0\n3,4,1\n5,6,0\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->count, 3u);
  EXPECT_EQ(data->columnNames, (std::vector<std::string>{"1", "2"}));
  // header=yes: a name for each column, where there is one.
  CsvOptions yes;
  yes.header = CsvOptions::Header::Yes;
  EXPECT_EQ(parse("20,2,y\n1,2,0\n3,4,1\n", yes)->columnNames, (std::vector<std::string>{"20", "2"}));
  EXPECT_EQ(parse("20,2,y\n1,2,0\n3,4,1\n").failure().code.str(), "E302");
  EXPECT_EQ(parse("2,2,setosa,virginica\n1,2,0\n3,4,1\n", yes)->classNames.size(), 2u);
}

TEST(Csv, LabelColumn) {
  struct Case {
    std::string label;
    std::vector<double> features;
    std::vector<double> labels;
  };
  for (const Case &c :
       {Case{"", {1, 2, 4, 5}, {3, 6}}, Case{"last", {1, 2, 4, 5}, {3, 6}}, Case{"LAST", {1, 2, 4, 5}, {3, 6}},
        Case{"first", {2, 3, 5, 6}, {1, 4}}, Case{"none", {1, 2, 3, 4, 5, 6}, {}}, Case{"b", {1, 3, 4, 6}, {2, 5}},
        Case{"B", {1, 3, 4, 6}, {2, 5}}, Case{"2", {1, 3, 4, 6}, {2, 5}}, Case{"-1", {1, 2, 4, 5}, {3, 6}},
        Case{"1", {2, 3, 5, 6}, {1, 4}}}) {
    auto data = parse("a,b,c\n1,2,3\n4,5,6\n", labelled(c.label));
    ASSERT_TRUE(data) << c.label;
    EXPECT_EQ(valuesOf(*data), c.features) << c.label;
    EXPECT_EQ(data->numbers, c.labels) << c.label;
    EXPECT_EQ(data->targetKind, c.labels.empty() ? TargetKind::None : TargetKind::Numbers);
  }
  for (std::string label : {"d", "4", "0", "-4"})
    EXPECT_EQ(parse("a,b,c\n1,2,3\n4,5,6\n", labelled(label)).failure().code.str(), "E302") << label;
  EXPECT_EQ(parse("alpha,beta,gamma\n1,2,3\n", labelled("betta")).failure().help, "did you mean beta?");
}

TEST(Csv, NoLabelWhereTheModelTakesAllColumns) {
  CsvOptions options;
  options.sampleSize = 3;
  EXPECT_EQ(parse("1,2,3\n4,5,6\n", options)->targetKind, TargetKind::None);
  options.sampleSize = 2;
  EXPECT_EQ(parse("1,2,3\n4,5,6\n", options)->targetKind, TargetKind::Numbers);
  EXPECT_EQ(parse("1\n4\n")->targetKind, TargetKind::None);
  EXPECT_EQ(parse("1\n4\n", labelled("last")).failure().code.str(), "E302");
}

TEST(Csv, NamesThatStandTwice) {
  for (const auto &[header, label, places] :
       {std::tuple("y,a,y", "y", "1 or 3"), std::tuple("a,Y,y2,y,Y", "Y", "2 or 5"), std::tuple("a,Y,y", "yY", "")}) {
    std::string row(std::count(header, header + strlen(header), ','), ',');
    std::string text = std::string(header) + "\n1";
    for (size_t i = 0; i < row.size(); ++i)
      text += ",2";
    Trouble trouble = parse(text + "\n", labelled(label)).failure();
    EXPECT_EQ(trouble.code.str(), "E302");
    if (*places) {
      EXPECT_EQ(trouble.message, "two columns are named '" + std::string(label) + "'");
      EXPECT_EQ(trouble.help, "give the number: " + std::string(places));
    }
  }
  EXPECT_EQ(parse("a,Y,y\n1,2,3\n", labelled("y"))->numbers, (std::vector<double>{3})); // to the letter
  EXPECT_EQ(parse("y,a,y\n1,2,3\n", labelled("3"))->numbers, (std::vector<double>{3}));
  EXPECT_EQ(parse("y,a,y\n1,2,3\n")->numbers, (std::vector<double>{3}));
  CsvOptions options = labelled("a");
  options.columns = {"y"};
  EXPECT_EQ(parse("y,a,y\n1,2,3\n", options).failure().code.str(), "E302");
}

TEST(Csv, Columns) {
  CsvOptions options = labelled("c");
  options.columns = {"b", "1"};
  EXPECT_EQ(valuesOf(*parse("a,b,c,d\n1,2,3,x\n4,5,6,y\n", options)), (std::vector<double>{2, 1, 5, 4}));
  for (std::vector<std::string> bad : {std::vector<std::string>{"b", "b"}, {"c"}, {"q"}}) {
    options.columns = bad;
    EXPECT_EQ(parse("a,b,c\n1,2,3\n4,5,6\n", options).failure().code.str(), "E302");
  }
}

TEST(Csv, TextLabelsBecomeSortedClasses) {
  auto data = parse("1,dog\n2,cat\n3,\"dog\"\n4, eel \n5,\"say \"\"hi\"\", cat\"\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->classNames, (std::vector<std::string>{"cat", "dog", "eel", "say \"hi\", cat"}));
  EXPECT_EQ(data->classes, (std::vector<int32_t>{1, 0, 1, 2, 3}));
}

TEST(Csv, ClassNamesFromElsewhere) {
  CsvOptions options;
  options.classNames = {"eel", "cat", "dog"};
  EXPECT_EQ(parse("1,dog\n2,cat\n", options)->classes, (std::vector<int32_t>{2, 1}));
  EXPECT_EQ(parse("1,2\n2,0\n", options)->classes, (std::vector<int32_t>{2, 0})); // indices
  Trouble trouble = parse("1,dog\n2,cta\n", options).failure();
  EXPECT_EQ(trouble.code.str(), "E304");
  EXPECT_EQ(trouble.place.line, 2u);
  EXPECT_EQ(parse("1,2\n2,3\n", options).failure().code.str(), "E304");
  options.classNames = {"10", "20"};
  EXPECT_EQ(parse("1,20\n2,10\n", options)->classes, (std::vector<int32_t>{1, 0})); // names that are numbers
}

TEST(Csv, MissingCells) {
  llvm::StringRef text = "a,b,c\n1,2,3\n,4,5\nNA,?,7\n6,nan,9\n";
  CsvOptions options;
  Trouble trouble = parse(text, options).failure();
  EXPECT_EQ(trouble.code.str(), "E303");
  EXPECT_EQ(trouble.message, "column 'a' is empty");
  EXPECT_EQ(trouble.place.line, 3u);
  options.missing = CsvOptions::Missing::Zero;
  EXPECT_EQ(valuesOf(*parse(text, options)), (std::vector<double>{1, 2, 0, 4, 0, 0, 6, 0}));
  EXPECT_TRUE(parse(text, options)->notes == std::vector<std::string>{"4 empty cells filled in"});
  options.missing = CsvOptions::Missing::Drop;
  auto dropped = parse(text, options);
  EXPECT_EQ(valuesOf(*dropped), (std::vector<double>{1, 2}));
  EXPECT_EQ(dropped->numbers, (std::vector<double>{3}));
  EXPECT_EQ(valuesOf(*parse("1,2\n3,\n5,6\n", options)), (std::vector<double>{1, 5})); // a row without label
  options.missing = CsvOptions::Missing::Mean;
  EXPECT_EQ(parse("1,2\n3,\n5,6\n", options).failure().code.str(), "E303"); // a label has no mean
  options.missing = CsvOptions::Missing::Drop;
  EXPECT_EQ(parse2("1,2\n3,4\n", "0\n1\n", options).failure().code.str(), "E303");
}

/// Row and feature of each gap.
std::vector<std::pair<uint32_t, uint32_t>> gapsOf(const Dataset &data) {
  std::vector<std::pair<uint32_t, uint32_t>> gaps;
  for (const Gap &gap : data.gaps)
    gaps.emplace_back(gap.row, gap.feature);
  return gaps;
}

TEST(Csv, GapsAreListed) {
  llvm::StringRef text = "a,b,c\n1,2,3\n,4,5\nNA,?,7\n6,nan,9\n";
  CsvOptions options;
  const std::vector<std::pair<uint32_t, uint32_t>> all = {{1, 0}, {2, 0}, {2, 1}, {3, 1}};
  for (auto how : {CsvOptions::Missing::Zero, CsvOptions::Missing::Mean}) {
    options.missing = how;
    EXPECT_EQ(gapsOf(*parse(text, options)), all);
  }
  options.missing = CsvOptions::Missing::Drop;
  const uint32_t out = Gap::kLeftOut;
  EXPECT_EQ(gapsOf(*parse(text, options)),
            (std::vector<std::pair<uint32_t, uint32_t>>{{out, 0}, {out, 0}, {out, 1}, {out, 1}}));
}

TEST(Csv, MeansAreThoseOfTheTrainingSamples) {
  CsvOptions options;
  options.missing = CsvOptions::Missing::Mean;
  for (DType dtype : {DType::F32, DType::F64}) {
    options.dtype = dtype;
    auto table = parse("a,b,c\n1,2,3\n,4,5\nNA,?,7\n6,nan,9\n", options);
    ASSERT_TRUE(table);
    auto data = std::make_shared<Dataset>(*table);
    EXPECT_TRUE(std::isnan(data->value(1, 0)));
    EXPECT_EQ(*featureMeans(allSamples(data)), (std::vector<double>{3.5, 3}));
    auto part = featureMeans({data, {0, 1}}); // what is held out has no say
    EXPECT_EQ(*part, (std::vector<double>{1, 3}));
    fillGaps(*data, *part);
    std::vector<double> values;
    for (size_t i = 0; i < 8; ++i)
      values.push_back(data->value(i / 2, i % 2));
    EXPECT_EQ(values, (std::vector<double>{1, 2, 1, 4, 1, 3, 6, 3}));
    Trouble trouble = featureMeans({std::make_shared<Dataset>(*table), {1, 2}}).failure();
    EXPECT_EQ(trouble.code.str(), "E303");
    EXPECT_EQ(trouble.message, "column 'a' of t.csv has no value in any training sample, so it has no mean");
  }
  options.dtype = DType::F32;
  options.means = {10, 20};
  EXPECT_EQ(valuesOf(*parse("a,b,c\n1,,3\n,4,5\n", options)), (std::vector<double>{1, 20, 10, 4}));
  options.means = std::vector<double>(); // a model file that kept none
  Trouble trouble = parse("a,b,c\n1,,3\n,4,5\n", options).failure();
  EXPECT_EQ(trouble.code.str(), "E303");
  EXPECT_EQ(trouble.message, "column 'b' is empty");
  EXPECT_EQ(trouble.place.line, 2u);
  EXPECT_TRUE(llvm::StringRef(trouble.help).contains("there are none here")) << trouble.help;
}

TEST(Csv, EveryRowGetsAPrediction) {
  CsvOptions options;
  options.missing = CsvOptions::Missing::Drop;
  options.labelMayLack = true;
  Trouble trouble = parse("a,b,y\n1,2,0\n3,,1\n", options).failure();
  EXPECT_EQ(trouble.code.str(), "E303");
  EXPECT_EQ(trouble.message, "column 'b' is empty");
  EXPECT_EQ(trouble.place.line, 3u);
  EXPECT_EQ(trouble.place.column, 3u);
  EXPECT_EQ(trouble.help, "every row gets a prediction, so missing=drop does not apply: fill the cell in");
  for (auto how : {CsvOptions::Missing::Error, CsvOptions::Missing::Drop}) { // labels are not looked at
    options.missing = how;
    auto unlabelled = parse("a,b,y\n1,2,0\n3,4,\n5,6,1\n", options);
    ASSERT_TRUE(unlabelled) << toString(unlabelled.failure());
    EXPECT_EQ(valuesOf(*unlabelled), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(unlabelled->targetKind, TargetKind::None);
  }
  options.sampleSize = 2; // targets of several outputs stand behind the features
  options.targetColumns = 2;
  options.label = "none";
  auto many = parse("a,b,s,t\n1,2,0,1\n3,4,,\n", options);
  ASSERT_TRUE(many) << toString(many.failure());
  EXPECT_EQ(valuesOf(*many), (std::vector<double>{1, 2, 3, 4}));
}

TEST(Csv, TargetsAreNeverMadeUp) {
  CsvOptions options = labelled("none");
  options.sampleSize = 2;
  options.targetColumns = 2;
  for (auto how : {CsvOptions::Missing::Zero, CsvOptions::Missing::Mean}) {
    options.missing = how;
    EXPECT_EQ(parse("a,b,s,t\n1,,0,1\n3,4,1,2\n", options)->gaps.size(), 1u);
    EXPECT_EQ(parse("a,b,s,t\n1,2,0,1\n3,4,,2\n", options).failure().message, "column 's' (the label) is empty");
    EXPECT_EQ(parse2("1,2\n3,4\n", "0,1\n1,\n", options).failure().message, "column 2 (the label) is empty");
  }
  options.missing = CsvOptions::Missing::Drop;
  EXPECT_EQ(parse("a,b,s,t\n1,2,0,1\n3,4,,2\n", options)->count, 1u);
}

// The example of the command line's contract, to the letter.
TEST(Csv, PlaceOfABadCell) {
  Trouble trouble = parse("sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,,0.2,setosa\n"
                          "4.9,3.0,1.4,0.2,setosa\n")
                        .failure();
  Sources sources;
  Diags diags(sources);
  report(diags, trouble);
  std::string text;
  llvm::raw_string_ostream os(text);
  diags.flush(os);
  EXPECT_EQ(os.str(), "t.csv:2:9: error[E303]: column 'petal_length' is empty\n"
                      "    2 | 5.1,3.5,,0.2,setosa\n"
                      "      |         ^\n"
                      "help: missing=zero, mean or drop in Csv(...) says what to do with empty cells\n");
}

TEST(Csv, Troubles) {
  struct Case {
    llvm::StringRef text, code;
    uint64_t line, column; // of the text
    llvm::StringRef message;
  };
  for (const Case &c : {
           Case{"", "E302", 0, 0, "empty"},
           Case{"\n \n\r\n", "E302", 0, 0, "empty"},
           Case{"a,b,c\n", "E302", 1, 0, "no rows below the header"},
           Case{"1,2,3\n1,2\n", "E302", 2, 0, "2 cells, the others have 3"},
           Case{"1,2,3\n\n1,2,3,4,5\n", "E302", 3, 0, "5 cells, the others have 3"},
           Case{"a,b\n1,2,3\n1,2,3\n", "E302", 2, 0, "header has 2 cells"},
           Case{"1,2,3\n4,x5,6\n", "E303", 2, 3, "'x5' is not a number"},
           Case{"1.5,q,3\n4,5,6\n", "E303", 1, 5, "'q' is not a number"}, // a mistake in the first row is no header
           Case{"0,0,x5,1\n4,5,6,1\n", "E303", 1, 5, "'x5' is not a number"},
           Case{"5,x,0\n1,2,1\n3,4,0\n", "E303", 1, 3, "'x' is not a number"},
           Case{"x,5,0\n1,2,1\n3,4,0\n", "E303", 1, 1, "'x' is not a number"},
           Case{"x,7\n1,2\n", "E303", 1, 1, "'x' is not a number"},
           Case{"x,99999999999999999999\n1,2\n", "E303", 1, 1, "'x' is not a number"},
           Case{llvm::StringRef("\xff\xfe"
                                "1\0,\0\x32\0",
                                8),
                "E302", 0, 0, "UTF-16"},
           Case{llvm::StringRef("\xfe\xff\0"
                                "1\0,\0\x32",
                                8),
                "E302", 0, 0, "UTF-16"},
           Case{"1,2,3\r4,5,6\r", "E302", 0, 0, "carriage return"},
           Case{"1,2,3\n4,5e,6\n", "E303", 2, 3, "'5e' is not a number"},
           Case{"1,2,3\n4,5.5.5,6\n", "E303", 2, 3, "not a number"},
           Case{"1,2,3\n4,1e999,6\n", "E303", 2, 3, "not a number"},
           Case{"1,2,3\n4,1e39,6\n", "E303", 2, 3, "not a number"}, // beyond f32
           Case{"1,2,3\n4,inf,6\n", "E303", 2, 3, "not a number"},
           Case{"1,2,3\n4,0x10,6\n", "E303", 2, 3, "not a number"},
           Case{"1;2;3\n4;5,5;6\n", "E303", 2, 3, "not a number"},
           Case{"1,2,3\n4,\"5,6\n7,8,9\n", "E302", 2, 3, "quote"},
           Case{"1,2,3\n4,\"5\"x,6\n7,8,9\n", "E302", 2, 3, "quote"},
           Case{"1,0\n2,1\n3,1\n4,x\n", "E303", 4, 3, "label 'x' is not a number"},
           Case{"1,0\n2,1\n3,\n", "E303", 3, 3, "(the label) is empty"},
       }) {
    auto data = parse(c.text);
    ASSERT_FALSE(data) << c.text.str();
    EXPECT_EQ(data.failure().code.str(), c.code) << c.text.str();
    EXPECT_EQ(data.failure().place.line, c.line) << c.text.str();
    EXPECT_EQ(data.failure().place.column, c.column) << c.text.str();
    EXPECT_TRUE(llvm::StringRef(data.failure().message).contains(c.message)) << data.failure().message;
  }
}

TEST(Csv, ExcerptsOfWideRowsAreShort) {
  std::string row;
  for (int i = 0; i < 20000; ++i)
    row += "12,";
  Trouble trouble = parse(row + "0\n" + row + "z,0\n").failure();
  EXPECT_LT(trouble.place.lineText.size(), 300u);
  trouble = parse(row + "0\n" + row.substr(0, 30000) + "x," + row.substr(30003) + "0\n").failure();
  EXPECT_EQ(trouble.place.column, 30001u);
  EXPECT_LT(trouble.place.lineText.size(), 300u);
  EXPECT_EQ(trouble.place.lineText[trouble.place.column - trouble.place.lineTextColumn], 'x');
}

TEST(Csv, TwoFiles) {
  auto numbers = parse2("1,2\n3,4\n5,6\n", "0\n1\n2\n");
  EXPECT_EQ(numbers->sampleSize(), 2u);
  EXPECT_EQ(numbers->numbers, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(parse2("1,2\n3,4\n5,6\n", "digit\n0\n1\n2\n")->numbers.size(), 3u);
  for (llvm::StringRef labels : {"b\na\nb\n", "kind\nb\na\nb\n"}) { // a heading over names shows in the number of rows
    auto named = parse2("x,y\n1,2\n3,4\n5,6\n", labels);
    ASSERT_TRUE(named) << toString(named.failure());
    EXPECT_EQ(named->classes, (std::vector<int32_t>{1, 0, 1}));
    EXPECT_EQ(named->classNames, (std::vector<std::string>{"a", "b"}));
  }
  Trouble both = parse2("x,y\n1,2\n", "0\n", labelled("y")).failure();
  EXPECT_EQ(both.code.str(), "E309");
  EXPECT_EQ(both.message, "the labels come from l.csv, so label = y has no effect");
  EXPECT_EQ(parse2("x,y\n1,2\n", "0\n", labelled("none"))->sampleSize(), 2u);
  auto hot = parse2("1,2\n3,4\n", "0 1 0\n0 0 1\n");
  EXPECT_EQ(hot->targetSize, 3u);
  EXPECT_EQ(hot->numbers, (std::vector<double>{0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(parse2("1,2\n3,4\n", "0\n1\n2\n").failure().code.str(), "E307");
  EXPECT_EQ(parse2("1,2\n3,4\n", "").failure().code.str(), "E302");
  Trouble bad = parse2("1,2\n3,4\n5,6\n", "0\n1\nx\n").failure();
  EXPECT_EQ(bad.place.file, "l.csv");
  EXPECT_EQ(bad.place.line, 3u);
}

} // namespace
} // namespace dlc::data::test
