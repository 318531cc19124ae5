// What a beginner is told of a table that does not fit: each mistake in a table of four features and three classes,
// with the place, the words and the help. What is read of good tables is csv_test.cpp.
#include "data_test.h"

namespace dlc::data::test {
namespace {

struct Case {
  llvm::StringRef rows;
  std::string code, message;
  uint64_t line;
  std::string help;
  std::string label{};
  bool labelMayLack = false;
  char separator = 0;
};

/// Everything between a table and a net of four inputs.
Trouble troubleOf(const Case &c, TargetWish wish) {
  CsvOptions options;
  options.label = c.label;
  options.sampleSize = 4;
  options.labelMayLack = c.labelMayLack;
  options.separator = c.separator;
  auto data = parseCsv({c.rows, "t.csv"}, std::nullopt, options);
  if (!data)
    return data.failure();
  if (Checked usable = useTargets(*data, wish); !usable)
    return usable.failure();
  Checked fits = checkInput(allSamples(std::make_shared<Dataset>(*std::move(data))), {}, {4}, {}, "train");
  EXPECT_FALSE(fits) << c.rows.str();
  return fits ? Trouble{} : fits.failure();
}

void expectSaid(llvm::ArrayRef<Case> cases, TargetWish wish) {
  for (const Case &c : cases) {
    Trouble trouble = troubleOf(c, wish);
    EXPECT_EQ(trouble.code.str(), c.code) << c.rows.str();
    EXPECT_EQ(trouble.message, c.message) << c.rows.str();
    EXPECT_EQ(trouble.place.line, c.line) << c.rows.str();
    EXPECT_EQ(trouble.help, c.help) << c.rows.str();
  }
}

const std::string kQuotes = "put a cell that contains a separator in quotes";
const std::string kKeeps = "an empty cell keeps its separator, and missing= in Csv(...) says what to do with it";
const std::string kNumbers =
    "features are numbers: write a number for each word, or leave the column out with columns=[...] in Csv(...)";

TEST(CsvAdvice, AnotherSeparator) {
  const std::string said = "the cells seem to use another separator: write sep=";
  for (const auto &[rows, cell, separator, word] :
       {std::tuple("1;2;3;4;0\n1;2;3;4;1\n", "1;2;3;4;0", ',', "semicolon"),
        std::tuple("1,2,3,4,0\n1,2,3,4,1\n", "1,2,3,4,0", ';', "comma"),
        std::tuple("1\t2\t3\t4\t0\n1\t2\t3\t4\t1\n", "1\t2\t3\t4\t0", ',', "tab"),
        std::tuple("1 2 3 4 0\n1 2 3 4 1\n", "1 2 3 4 0", '|', "space")})
    expectSaid({{rows, "E303", "column 1: '" + std::string(cell) + "' is not a number", 1,
                 said + word + ", or leave sep out", "", false, separator}},
               {TargetWish::Kind::Classes, 3});
  // One column of words is no matter of labels.
  expectSaid({{"red\nblue\n", "E303", "column 1: 'red' is not a number", 1, kNumbers}}, {TargetWish::Kind::Classes, 3});
}

TEST(CsvAdvice, HeadersThatWereNotExpected) {
  auto helpOf = [](llvm::StringRef text, CsvOptions::Header header) {
    CsvOptions options;
    options.header = header;
    return parseCsv({text, "t.csv"}, std::nullopt, options).failure().help;
  };
  EXPECT_EQ(helpOf("a,b\n3,4\n", CsvOptions::Header::No), "if the first row names the columns, leave header=no out");
  EXPECT_EQ(helpOf("x,3\ny,4\n", CsvOptions::Header::No),
            "if this is the label, say so: Csv(..., label=1); " + kNumbers);
  EXPECT_EQ(helpOf("1,2\na,4\n", CsvOptions::Header::No),
            "if this is the label, say so: Csv(..., label=1); " + kNumbers);
  EXPECT_EQ(helpOf("country,1990,2000\n3,4,5\n", CsvOptions::Header::Auto),
            "if the first row names the columns, write header=yes in Csv(...)");
}

TEST(CsvAdvice, LabelsThatAreNotThere) {
  const std::string write =
      "the other columns are the features: write the labels into this one, or predict with `dlc infer`";
  expectSaid({{"1,2,3,4,\n5,6,7,8,\n", "E303", "column 5 (the label) is empty", 1, write},
              {"a,b,c,d,kind\n1,2,3,4,\n5,6,7,8,\n", "E303", "column 'kind' (the label) is empty", 2, write}},
             {TargetWish::Kind::Classes, 3});
}

TEST(CsvAdvice, RowsOfOtherLengths) {
  expectSaid({{"a,b,c,d,kind\n1,2,3,4,x\n2,3,4,y\n", "E302", "this row has 4 cells, the others have 5", 3, kKeeps},
              {"1,2,3,4,x\n2,3,4,y\n", "E302", "this row has 4 cells, the others have 5", 2, kKeeps},
              {"1,2,3,4,x\n2\n", "E302", "this row has 1 cell, the others have 5", 2, kKeeps},
              {"1,2,3,4,x\n2,,4,y\n", "E302", "this row has 4 cells, the others have 5", 2, kKeeps},
              {"1,2,3,4,x\n4,3,2,1,y\n2,3,4,5,6,y\n", "E302", "this row has 6 cells, the others have 5", 3, kQuotes},
              {"1,2,3,4,x\n4,3,2,1,y\n2,3,red,5,6,y\n", "E302", "this row has 6 cells, the others have 5", 3, kQuotes},
              {"1,2,3,4,x\n4,3,2,1,y\n2,3,,5,6,y\n", "E302", "this row has 6 cells, the others have 5", 3, kQuotes},
              {"a,b,c,kind\n1,2,3,4,x\n", "E302", "the header has 4 cells, the row below it has 5", 2,
               "every column needs a name, including a column of row numbers"},
              {"a,b,c,d,kind\n1,2,3,4\n", "E302", "the header has 5 cells, the row below it has 4", 2,
               "an empty cell keeps its separator"}},
             {TargetWish::Kind::Classes, 3});
}

TEST(CsvAdvice, ColumnsTooManyOrTooFew) {
  expectSaid(
      {{"id,a,b,c,d,kind\n7,1,2,3,4,x\n8,2,3,4,5,y\n", "E305", "the model takes 4 values per sample, train has 5", 0,
        "the features are id, a, b, c, d: input = 5 takes them all; Csv(..., columns=[...]) selects some"},
       {"7,1,2,3,4,x\n8,2,3,4,5,y\n", "E305", "the model takes 4 values per sample, train has 5", 0,
        "input = 5 takes them all; Csv(..., columns=[...]) selects some"},
       {"b,c,d,kind\n1,2,3,0\n", "E305", "the model takes 4 values per sample, train has 3", 0,
        "the features are b, c, d: add what is missing, or write input = 3", "kind"},
       {"b,c,d,kind\n1,2,3,x\n", "E303", "column 'kind': 'x' is not a number", 2,
        "the model takes 4 values, so all 4 columns are features; if this is the label, then input = 3 and Csv(..., "
        "label=kind)"},
       {"a,b,c,d\n1,2,3,4\n", "E309", "t.csv has no labels, but the loss needs them", 0,
        "all 4 columns are features; write label= or a file of labels in the source, or set target = input"}},
      {TargetWish::Kind::Classes, 3});
}

TEST(CsvAdvice, Words) {
  expectSaid({{"kind,a,b,c,d\nx,1,2,3,4\ny,2,3,4,5\n", "E303", "column 'kind': 'x' is not a number", 2,
               "if this is the label, say so: Csv(..., label=kind); " + kNumbers},
              {"a,b,c,d,kind\n1,red,3,4,x\n", "E303", "column 'b': 'red' is not a number", 2, kNumbers, "kind"},
              {"a,b,c,d,kind\n1,red,3,4,x\n", "E303", "column 'b': 'red' is not a number", 2, kNumbers, "", true},
              {"a;b;c;d;kind\n1,5;2;3;4;x\n", "E303", "column 'a': '1,5' is not a number", 2,
               "if the decimal separator is a comma, say so: Csv(..., decimal=\",\")"},
              {"a,b,c,d,kind\n\"1,038\",2,3,4,x\n", "E303", "column 'a': '1,038' is not a number", 2,
               "with commas between the cells, a number has none itself: write 1038 for 1,038 and 1.5 for 1,5"}},
             {TargetWish::Kind::Classes, 3});
}

TEST(CsvAdvice, Labels) {
  const std::string four = "the model has 3 outputs, but t.csv has 4 classes (";
  const std::string range = "label 3 is out of range: the model has 3 outputs, so labels are 0 to 2";
  expectSaid({{"1,2,3,4,setosa\n1,2,3,4,setosa\n1,2,3,4,virginica\n1,2,3,4,setosaa\n1,2,3,4,versicolor\n", "E304",
               four + "setosa, setosaa, versicolor, virginica); 'setosaa' is the label of only one sample", 4,
               "did you mean setosa?"},
              {"1,2,3,4,cat\n1,2,3,4,dog\n1,2,3,4,owl\n1,2,3,4,fish\n", "E304", four + "cat, dog, fish, owl)", 0,
               "for so many classes the last layer is -> Linear(4)"},
              // Every class is rare here: none is a slip.
              {"1,2,3,4,a1\n1,2,3,4,a2\n1,2,3,4,a3\n1,2,3,4,a4\n", "E304", four + "a1, a2, a3, a4)", 0,
               "for so many classes the last layer is -> Linear(4)"},
              {"1,2,3,4,1\n1,2,3,4,2\n1,2,3,4,3\n", "E304", range, 3,
               "if they are names, list them under [data]: classes = [1, 2, 3]"},
              {"1,2,3,4,0\n1,2,3,4,1\n1,2,3,4,2\n1,2,3,4,3\n", "E304", range, 4,
               "for labels up to 3 the last layer is -> Linear(4)"},
              {"1,2,3,4,-1\n1,2,3,4,1\n", "E304", "label -1 is negative; classes count from 0", 1,
               "if they are names, list them under [data]: classes = [-1, 1]"},
              {"1,2,3,4,123456\n1,2,3,4,1\n", "E304",
               "label 123456 is out of range: the model has 3 outputs, so labels are 0 to 2", 1, ""}},
             {TargetWish::Kind::Classes, 3});
  expectSaid({{"1,2,3,4,low\n1,2,3,4,high\n1,2,3,4,mid\n", "E304", "the model has 1 output, but t.csv has 3 classes", 0,
               "for classes use loss = CrossEntropy and -> Linear(3) at the end"}},
             {TargetWish::Kind::Numbers, 1});
}

TEST(CsvAdvice, SamplesOfAnotherShape) {
  auto data = std::make_shared<Dataset>();
  data->count = 1;
  data->sampleShape = {3, 2, 2};
  data->values.form = Values::Form::Bytes;
  auto help = [&](llvm::ArrayRef<int64_t> input) {
    return checkInput(allSamples(data), {}, input, {}, "test").failure().help;
  };
  EXPECT_EQ(help({3, 4, 4}), "input = 3x2x2 takes them as they are; Resize(HxW) in prepare makes them fit");
  EXPECT_EQ(help({1, 2, 2}), "input = 3x2x2 takes them as they are; Gray in prepare makes one channel of three");
  EXPECT_EQ(help({1, 4, 4}), "input = 3x2x2 takes them as they are; Gray in prepare makes one channel of three, and "
                             "Resize(HxW) makes them fit");
}

} // namespace
} // namespace dlc::data::test
