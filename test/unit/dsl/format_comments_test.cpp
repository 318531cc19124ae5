// Tests of comments under formatting: each stands where it stood, in every spelling of a source.
// That every one stays, and everything else about formatting, is in format_test.cpp.
#include "format_test.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

class Comments : public ::testing::TestWithParam<std::filesystem::path> {};
INSTANTIATE_TEST_SUITE_P(All, Comments, ::testing::ValuesIn(examples()),
                         [](const auto &info) { return nameOf(info.param); });

/// Lines of a text, without the blank ones.
std::vector<std::string> linesOf(llvm::StringRef text) {
  std::vector<std::string> lines;
  for (llvm::StringRef line : llvm::split(text, '\n'))
    if (!line.trim().empty())
      lines.push_back(line.rtrim().str());
  return lines;
}
/// A line without its comment and with one blank where there are several: columns follow the lines around it.
std::string content(llvm::StringRef line) {
  llvm::SmallVector<llvm::StringRef> words;
  line.split('#').first.split(words, ' ', -1, false);
  return (line.starts_with(" ") ? "  " : "") + llvm::join(words, " ");
}

/// A canonical text with one more comment, behind each line and above each line in turn, and once more below the last
/// of each paragraph, as far to the right as that: what comes out is the same text with the comment in the same place.
TEST_P(Comments, LeaveACommentWhereItStands) {
  const std::vector<std::string> lines = linesOf(formatted(contents(GetParam())));
  auto check = [&](std::vector<std::string> given, size_t at) {
    const std::string text = llvm::join(given, "\n") + "\n";
    std::string errors;
    std::optional<std::string> once = tryFormat(text, errors);
    ASSERT_TRUE(once) << errors << text;
    EXPECT_EQ(formatted(*once), *once);
    const std::vector<std::string> result = linesOf(*once);
    ASSERT_EQ(result.size(), given.size()) << text << *once;
    for (size_t i = 0; i < given.size(); ++i)
      ASSERT_EQ(content(result[i]), content(given[i])) << text << *once;
    EXPECT_TRUE(llvm::StringRef(result[at]).ends_with("# here.")) << text << *once;
    const size_t indent = given[at].find_first_not_of(' ');
    EXPECT_EQ(result[at].find_first_not_of(' '), indent) << text << *once;
  };
  for (size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string> behind = lines, above = lines, below = lines;
    const std::string indent(lines[i].find_first_not_of(' '), ' ');
    if (!llvm::StringRef(lines[i]).contains('#')) {
      behind[i] += "  # here.";
      check(behind, i);
    }
    above.insert(above.begin() + static_cast<std::ptrdiff_t>(i), indent + "# here.");
    check(above, i);
    if (i + 1 < lines.size() && lines[i + 1].find_first_not_of(' ') > indent.size())
      continue; // between a statement and what it goes on with, a comment has the indentation of that
    below.insert(below.begin() + static_cast<std::ptrdiff_t>(i) + 1, indent + "# here.");
    check(below, i + 1);
  }
}

/// Between any two words inside brackets, where a line may end: the comment stays behind the word in front of it.
TEST_P(Comments, LeaveACommentBetweenTheSameWords) {
  const std::string text = formatted(contents(GetParam()));
  auto packed = [](llvm::StringRef text) { // without blanks
    std::string result;
    for (char c : text)
      if (!llvm::isSpace(c))
        result += c;
    return result;
  };
  unsigned depth = 0, places = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#' || text[i] == '"') {
      i = text.find(text[i] == '#' ? '\n' : '"', i + 1);
      continue;
    }
    depth += text[i] == '(' || text[i] == '[';
    depth -= (text[i] == ')' || text[i] == ']') && depth > 0;
    const bool header = text[text.rfind('\n', i) + 1] == '[';
    if (depth == 0 || header || !llvm::StringRef("([,").contains(text[i]))
      continue;
    for (const char *comment : {"  # here.\n", "\n# here.\n"}) {
      const std::string given = text.substr(0, i + 1) + comment + text.substr(i + 1);
      std::string errors;
      std::optional<std::string> once = tryFormat(given, errors);
      ASSERT_TRUE(once) << errors << given;
      EXPECT_EQ(packed(*once), packed(given)) << given;
      EXPECT_EQ(formatted(*once), *once);
      const std::string line = once->substr(once->rfind('\n', once->find("# here.")) + 1);
      EXPECT_EQ(llvm::StringRef(line).ltrim().starts_with("# here."), comment[0] == '\n') << *once;
      ++places;
    }
  }
  EXPECT_GT(places, 0u);
}

struct Place {
  const char *line, *becomes; ///< a line of an older form, and the beginning of the one that says the same
};
struct OlderForm {
  const char *name;
  std::vector<const char *> lines;
  std::vector<Place> places;
};
const OlderForm kOlderForms[] = {
    {"LayerList",
     {"[model]", "input_dim=1,8,8", "layer=Conv2d,1,4,3,3", "layer=ReLU", "layer=Flatten", "layer=Linear,144,3", "",
      "[train]", "lr=0.1", "shuffle=no", "loss=CrossEntropy", "", "[data]", "limit=5"},
     {{"[model]", "[model]"},
      {"input_dim", "input "},
      {"layer=Conv2d", "  -> Conv2d"},
      {"layer=ReLU", "  -> ReLU"},
      {"layer=Linear", "  -> Linear"},
      {"[train]", "[train]"},
      {"lr=", "lr "},
      {"shuffle", "shuffle = false"},
      {"loss", "loss = CrossEntropy"},
      {"[data]", "[data]"},
      {"limit", "limit "}}},
    {"Sizes",
     {"[model]", "hidden_size = 8", "num_layers = 2", "output_size = 3", "dropout_rate = 0.5", "input_size = 4",
      "activation = TANH", "", "[training]", "learning_rate = 0.1", "batch_size = 4", "", "[optimizer]", "type = sgd",
      "momentum = 0.9", "", "[data]", "train_file = a.csv", "val_split = 0.2"},
     {{"hidden_size", "  -> Linear(8) -> Tanh -> Dropout(0.5)"},
      {"num_layers", "  -> Linear(8) -> Tanh -> Dropout(0.5)"},
      {"output_size", "  -> Linear(3)"},
      {"dropout_rate", "  -> Linear(8) -> Tanh -> Dropout(0.5)"},
      {"input_size", "input "},
      {"activation", "  -> Linear(8) -> Tanh -> Dropout(0.5)"},
      {"[training]", "[train]"},
      {"learning_rate", "lr "},
      {"batch_size", "batch_size "},
      {"[optimizer]", "optimizer "},
      {"type", "optimizer "},
      {"momentum", "momentum "},
      {"[data]", "[data]"},
      {"train_file", "train "},
      {"val_split", "val "}}},
    {"Architecture",
     {"[model]", "architecture = 2, 16, 16, 1", "hidden_activation = tanh", "output_activation = sigmoid", "", "[loss]",
      "type = bce", "", "[optimizer]", "type = adam", "", "[training]", "epochs = 5"},
     {{"architecture", "input "},
      {"hidden_activation", "  -> Linear(16) -> Tanh"},
      {"output_activation", "  -> Linear(1) -> Sigmoid"},
      {"[loss]", "loss "},
      {"type = bce", "loss "},
      {"type = adam", "optimizer "},
      {"[training]", "[train]"},
      {"epochs", "epochs "}}},
};

/// In an older form lines change their order; a comment above or behind one of them goes where that goes.
TEST(OlderForms, CommentsGoWithTheirLines) {
  for (const OlderForm &form : kOlderForms)
    for (const Place &place : form.places)
      for (bool behind : {false, true}) {
        std::string text;
        for (llvm::StringRef line : form.lines) {
          const bool here = line.starts_with(place.line);
          text += here && !behind ? "# here.\n" : "";
          text += line.str() + (here && behind ? "  # here.\n" : "\n");
        }
        const std::string once = formatted(text);
        const std::vector<std::string> lines = linesOf(once);
        SCOPED_TRACE(std::string(form.name) + ": " + place.line + (behind ? " behind\n" : " above\n") + once);
        EXPECT_EQ(formatted(once), once);
        auto at = llvm::find_if(lines, [](llvm::StringRef line) { return line.contains("# here."); });
        ASSERT_NE(at, lines.end());
        // On its line, or right above it where that line says more than one of the older ones.
        auto isIts = [&](llvm::StringRef line) {
          return content(line).substr(0, 60).find(content(place.becomes)) == 0;
        };
        const bool alone = llvm::StringRef(*at).ltrim().starts_with("#");
        ASSERT_TRUE(!alone || at + 1 != lines.end());
        EXPECT_TRUE(isIts(alone ? at[1] : *at));
        EXPECT_TRUE(behind || alone);
      }
}

/// What stands below the last line of a section that is taken apart goes with it; a commented-out layer stays one.
TEST(OlderForms, CommentsBelow) {
  EXPECT_EQ(formatted("[model]\narchitecture=4,3\n# below the model\n\n# how\n[optimizer]\ntype=sgd\n# not used\n"
                      "\n# the data\n[data]\nlimit=3\n\n[training]\nepochs=2\n# ten are better\n"),
            "[model]\ninput  = 4\noutput = input\n  -> Linear(3)\n# below the model\n\n# the data\n[data]\n"
            "limit = 3\n\n[train]\nepochs    = 2\n# ten are better\n# how\noptimizer = SGD\n# not used\n");
  EXPECT_EQ(formatted("[model]\ninput = 4\noutput = input\n  -> Linear(3)\n     # -> Softmax\n# end\n"),
            "[model]\ninput  = 4\noutput = input\n  -> Linear(3)\n  # -> Softmax\n# end\n");
}

} // namespace
} // namespace dlc::dsl
