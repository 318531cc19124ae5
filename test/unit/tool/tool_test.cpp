// The parts of the tool that decide something: what a file is, what a reproducer repeats, what may overwrite what.
// Commands as a whole are tested by lit.
#include "command.h"
#include "exit_codes.h"
#include "file_kinds.h"
#include "reproducer.h"
#include "run_files.h"

#include "dlc/support/files.h"

#include "gtest/gtest.h"

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

} // namespace
