// The parts of the tool that decide something: what a file is, what a reproducer repeats, what may overwrite what.
// Commands as a whole are tested by lit.
#include "command.h"
#include "exit_codes.h"
#include "file_kinds.h"
#include "reproducer.h"
#include "run_files.h"

#include "dlc/support/files.h"

#include "llvm/ADT/STLExtras.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <set>

using namespace dlc;
using namespace dlc::tool;

namespace {

/// A file in the folder of the test, with this content.
std::string file(const std::string &name, llvm::StringRef content) {
  const std::string path = testing::TempDir() + name;
  EXPECT_TRUE(writeFileAtomically(path, content).ok());
  return path;
}

TEST(FileKinds, ContentsComeBeforeNames) {
  const llvm::StringRef source = "# a comment\nwidth = 3\n[model]\ninput = 4\n";
  EXPECT_TRUE(isSourceFile(file("net.txt", source)));
  EXPECT_TRUE(isSourceFile(file("net.dsl", "")));
  EXPECT_FALSE(isSourceFile(file("table.csv", "[mode]\n1,2\n")));
  EXPECT_FALSE(isSourceFile(file("model.dsl", llvm::StringRef("DLASM1\0\0\0\0\0", 11))));
  EXPECT_TRUE(isModelFile(file("any.name", llvm::StringRef("DLASM1\0\0\0\0\0", 11))));
  EXPECT_FALSE(isModelFile(file("short.model", "DLASM")));
  EXPECT_FALSE(isModelFile(testing::TempDir() + "is-not-there.model"));
  EXPECT_FALSE(isSourceFile("-"));
}

TEST(Reproducer, TheFirstLineIsTheCommand) {
  auto command = reproducerCommand("// dlc opt bug.ir --passes=cse 'two words' 'it'\\''s'\nrest\n");
  ASSERT_TRUE(command);
  EXPECT_EQ(*command, (std::vector<std::string>{"opt", "bug.ir", "--passes=cse", "two words", "it's"}));
  EXPECT_EQ(reproducerCommand("# dlc train net.dsl").value().size(), 2u);
  EXPECT_FALSE(reproducerCommand("graph @net {"));
  EXPECT_EQ(reproducerName(7, "a/net.dsl"), "dlc-bug-7.dsl");
}

TEST(RunFiles, NoOutputTakesThePlaceOfAnInput) {
  Options options;
  const std::string path = file("in.csv", "1,2\n");
  auto refused = [&](llvm::StringRef output, llvm::StringRef successor = "") {
    RunFiles files;
    files.reads("the data", path, successor);
    files.writes("the model", output);
    return files.refuse(options);
  };
  EXPECT_EQ(refused(path), kUsage);
  EXPECT_EQ(refused(testing::TempDir() + "./in.csv"), kUsage) << "two names of one file";
  EXPECT_EQ(refused(path, "the model"), kDone);
  EXPECT_EQ(refused(testing::TempDir() + "out.model"), kDone);
  EXPECT_EQ(refused("/dev/null"), kDone);
  RunFiles both;
  both.writes("the log", "-");
  both.writes("the plot", "-");
  EXPECT_EQ(both.refuse(options), kUsage);
}

TEST(Commands, SayWhatTheyAreAndStandInAnOrder) {
  std::set<unsigned> places;
  for (const Command *command : commands()) {
    EXPECT_FALSE(command->doc.empty()) << command->name.str();
    EXPECT_TRUE(command->run) << command->name.str();
    EXPECT_TRUE(places.insert(command->place).second) << command->name.str() << " has the place of another one";
    EXPECT_EQ(findCommand(command->name), command);
    EXPECT_EQ(formsOf(command->name).size(), command->otherArguments.empty() ? 1u : 2u) << command->name.str();
  }
  EXPECT_GE(places.size(), 18u);
  EXPECT_EQ(findCommand("no such command"), nullptr);
}

TEST(Flags, EveryOptionIsDescribedAndDeclaredOnce) {
  for (const Command *command : allCommands()) {
    std::set<llvm::StringRef> names;
    const std::vector<const Flag *> flags = flagsOf(command->name);
    for (const Flag *flag : flags) {
      const std::string name = command->name.str() + " " + flag->dashed();
      EXPECT_TRUE(names.insert(flag->name()).second) << name;
      EXPECT_FALSE(flag->arg.doc.empty()) << name;
      EXPECT_EQ(flag->takesValue(), !flag->value().empty()) << name;
      EXPECT_TRUE(flag->longFor.empty() || findFlag(flags, flag->longFor)) << name;
      if (flag->arg.kind == ArgKind::Word && flag->arg.defaultText != "none") {
        EXPECT_TRUE(llvm::is_contained(flag->choices(), flag->arg.defaultText.str())) << name;
      }
    }
  }
}

TEST(Flags, AreReadInTheirOrderAndHeldAgainstTheCommand) {
  auto read = [](std::vector<const char *> args) { return readFlags("train", args); };
  GivenFlags given = read({"net.dsl", "--epochs", "3", "--freeze=a,b", "--set=train.lr=0.1", "-j4", "--freeze", "c",
                           "--checkpoint=x.ckpt", "--", "-odd.csv"});
  EXPECT_EQ(given.mistake, "");
  EXPECT_EQ(given.words, (std::vector<std::string>{"net.dsl", "-odd.csv"}));
  EXPECT_EQ(given.values.whole("threads"), 4);
  EXPECT_EQ(given.values.text("log-format"), "auto") << "a default";
  EXPECT_EQ(given.values.whole("top"), 0) << "an option of another command";
  const std::vector<std::pair<std::string, std::string>> overrides = {{"--epochs", "train.epochs=3"},
                                                                      {"--freeze", "train.freeze=['a', 'b', 'c']"},
                                                                      {"--set", "train.lr=0.1"},
                                                                      {"--checkpoint", "train.checkpoint='x.ckpt'"}};
  ASSERT_EQ(given.overrides.size(), overrides.size());
  for (size_t i = 0; i < overrides.size(); ++i) {
    EXPECT_EQ(given.overrides[i].first, overrides[i].first);
    std::string text = given.overrides[i].second;
    std::replace(text.begin(), text.end(), '"', '\'');
    EXPECT_EQ(text, overrides[i].second);
  }
  EXPECT_EQ(read({"--resume"}).values.ifGiven("resume"), "");
  EXPECT_EQ(read({"--resume=a"}).values.text("resume"), "a");
  EXPECT_EQ(read({}).values.ifGiven("resume"), std::nullopt);
  EXPECT_EQ(read({"--plot=a.svg", "--plot=b.svg"}).mistake, "--plot is given twice");
  EXPECT_EQ(read({"-q", "--quiet"}).mistake, "");
  EXPECT_EQ(read({"--quiet=maybe"}).mistake, "--quiet takes no value");
  EXPECT_EQ(read({"--quiet=false"}).values.flag("quiet"), false);
  EXPECT_EQ(read({"--plot"}).mistake, "--plot needs a value: --plot=run.svg");
  EXPECT_EQ(read({"--overfit=x"}).mistake, "--overfit takes a whole number, found 'x'");
  EXPECT_EQ(read({"--overfit=0"}).mistake, "--overfit must be at least 1 and below 2^31");
  EXPECT_EQ(read({"-epochs=1"}).mistake, "unknown option -epochs of train; did you mean --epochs?");
  EXPECT_EQ(read({"--top=1"}).mistake, "unknown option --top of train; --top is an option of infer");
  EXPECT_EQ(read({"--log-format=tree"}).mistake, "--log-format must be auto, bar, plain or json, found 'tree'");
}

} // namespace
