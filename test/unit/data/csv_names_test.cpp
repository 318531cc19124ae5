// Headers against the columns of training: every way in which two tables disagree, and what is said of it.
// How headers are recognised at all is csv_test.cpp.
#include "data_test.h"

namespace dlc::data::test {
namespace {

struct Given {
  std::string label;
  std::vector<std::string> columns;
  bool labelMayLack = false;
  size_t sampleSize = 3, targetColumns = 0;
};
/// Reads one row of ones under `header`, after training with a, b, c.
Fallible<Dataset> under(llvm::StringRef header, const Given &given = {}) {
  CsvOptions options;
  options.columnNames = {"a", "b", "c"};
  options.label = given.label;
  options.columns = given.columns;
  options.labelMayLack = given.labelMayLack;
  options.sampleSize = given.sampleSize;
  options.targetColumns = given.targetColumns;
  std::string row;
  for (size_t i = 0; i <= header.count(','); ++i)
    row += (i ? "," : "") + std::to_string(i + 1);
  std::string text = (header + "\n" + row + "\n").str();
  return parseCsv({text, "t.csv"}, std::nullopt, options);
}

TEST(CsvNames, ThoseOfTrainingAreTaken) {
  for (auto [header, given] : {std::pair("a,b,c,kind", Given{}),
                               {"a,b,c", Given{}},
                               {"a,b,c,other", Given{}},
                               {"a,b,c", Given{.label = "kind", .labelMayLack = true}},
                               {"kind,a,b,c", Given{.label = "kind"}},
                               {"a,kind,b,c", Given{.label = "2"}},
                               {"1,2,3,4", Given{}}, // no header
                               {"a,b,c,u,v", Given{.label = "none", .targetColumns = 2}},
                               {"a,b,c", Given{.label = "none", .targetColumns = 2}},
                               {"c,id,b,kind,a", Given{.label = "kind", .columns = {"a", "b", "c"}}},
                               {"id,c,b,a", Given{.columns = {"a", "b", "c"}, .labelMayLack = true}}}) {
    auto data = under(header, given);
    EXPECT_TRUE(data) << header << ": " << toString(data.failure());
  }
  // By name means by name, whatever the order.
  EXPECT_EQ(valuesOf(*under("c,id,b,kind,a", {.label = "kind", .columns = {"a", "b", "c"}})),
            (std::vector<double>{5, 3, 1}));
}

TEST(CsvNames, OthersAreNamed) {
  struct Case {
    llvm::StringRef header;
    Given given;
    std::string message, help;
  };
  const std::string other = "the columns differ from training: ";
  const std::string byName = "Csv(..., columns=[a, b, c]) selects columns by name, wherever they are";
  const std::string training = "training had a, b, c, in this order";
  for (const Case &c :
       {Case{"b,a,c,kind", {}, "the columns are not in the order of training: 'b' is where 'a' was", byName},
        {"a,c,b", {}, "the columns are not in the order of training: 'c' is where 'b' was", byName},
        {"a,b,kind", {.label = "kind"}, other + "'c' is missing", training},
        {"a,b,x,kind", {}, other + "'c' is missing, 'x' is unexpected", training},
        {"a,b,volume,kind", {}, other + "'c' is missing, 'volume' is unexpected", training},
        {"A,b,c,kind", {}, other + "'a' is missing, 'A' is unexpected", "is 'A' another spelling of 'a'?"},
        {"x,y,z,kind", {}, other + "'a', 'b' and 'c' are missing, 'x', 'y' and 'z' are unexpected", training},
        {"id,a,b,c,kind", {}, other + "'id' is unexpected", byName},
        {"a,a,b,c,kind", {}, other + "'a' is unexpected", byName},
        {"kind,a,b,c",
         {},
         other + "'c' is treated as the label, 'kind' is unexpected",
         "if 'kind' is the label, say so: Csv(..., label=kind)"},
        {"the id,a,b,c",
         {},
         other + "'c' is treated as the label, 'the id' is unexpected",
         "if 'the id' is the label, say so: Csv(..., label=\"the id\")"},
        {"id,a,b,c", {.labelMayLack = true}, other + "'c' is treated as the label, 'id' is unexpected", byName},
        {"a,b,c,u", {.label = "none"}, other + "'u' is unexpected", byName},
        {"a,b,u,v,w", {.label = "none", .targetColumns = 2}, other + "'c' is missing, 'u' is unexpected", training}}) {
    auto data = under(c.header, c.given);
    ASSERT_FALSE(data) << c.header.str();
    const Trouble &trouble = data.failure();
    EXPECT_EQ(trouble.code.str(), "E302") << c.header.str();
    EXPECT_EQ(trouble.message, c.message) << c.header.str();
    EXPECT_EQ(trouble.help, c.help) << c.header.str();
    EXPECT_EQ(trouble.place.line, 1u);
    EXPECT_EQ(trouble.place.lineText, c.header.str());
  }
}

TEST(CsvNames, ManyNamesStayShort) {
  CsvOptions options;
  std::string header;
  for (int i = 0; i < 200; ++i) {
    options.columnNames.push_back("x" + std::to_string(i));
    header += "y" + std::to_string(i) + ",";
  }
  std::string text = header + "kind\n" + header;
  for (char &c : llvm::MutableArrayRef(text.data(), text.size()).drop_front(header.size() + 5))
    c = c == 'y' ? '1' : c;
  text += "1\n";
  Trouble trouble = parseCsv({text, "t.csv"}, std::nullopt, options).failure();
  EXPECT_EQ(trouble.code.str(), "E302");
  EXPECT_LT(trouble.message.size() + trouble.help.size(), 400u) << trouble.message;
  EXPECT_NE(trouble.message.find("'x7' and 192 more are missing"), std::string::npos) << trouble.message;
}

} // namespace
} // namespace dlc::data::test
