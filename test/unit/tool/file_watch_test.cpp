// FileWatch: a file that became another is told of once it has stayed so for a moment, whatever made it another.
// Models that are loaded on the way are tested by test/e2e/serve_watch.test.
#include "file_watch.h"

#include "dlc/support/files.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <filesystem>

namespace dlc::tool {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class FileWatchTest : public testing::Test {
protected:
  FileWatchTest() {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  std::string path(const std::string &name) const { return (folder / name).string(); }
  void write(const std::string &name, llvm::StringRef content) const {
    ASSERT_TRUE(writeFileAtomically(path(name), content).ok());
  }
  /// What is told at `milliseconds` from the beginning.
  std::vector<size_t> at(FileWatch &watch, int milliseconds) const {
    return watch.changed(begun + std::chrono::milliseconds(milliseconds));
  }

  const fs::path folder = fs::path(testing::TempDir()) / "file_watch";
  const FileWatch::Clock::time_point begun = FileWatch::Clock::now();
};

TEST_F(FileWatchTest, TellsOfAFileThatIsReplaced) {
  write("a", "1"), write("b", "1");
  FileWatch watch({path("a"), path("b")});
  EXPECT_THAT(at(watch, 0), IsEmpty());
  write("b", "2");
  EXPECT_THAT(at(watch, 100), IsEmpty()) << "it may still be written";
  EXPECT_THAT(at(watch, 299), IsEmpty());
  EXPECT_THAT(at(watch, 300), ElementsAre(1));
  EXPECT_THAT(at(watch, 900), IsEmpty()) << "it is told of once";
  write("a", "3"), write("b", "3");
  EXPECT_THAT(at(watch, 1000), IsEmpty());
  EXPECT_THAT(at(watch, 1200), ElementsAre(0, 1));
}

TEST_F(FileWatchTest, WaitsWhileAFileChanges) {
  write("a", "1");
  FileWatch watch({path("a")});
  for (int moment = 100; moment <= 1000; moment += 100) {
    write("a", std::to_string(moment));
    EXPECT_THAT(at(watch, moment), IsEmpty());
  }
  EXPECT_THAT(at(watch, 1199), IsEmpty());
  EXPECT_THAT(at(watch, 1200), ElementsAre(0));
}

TEST_F(FileWatchTest, TellsOfAFileThatIsGoneAndOfOneThatIsBack) {
  write("a", "1");
  FileWatch watch({path("a")});
  fs::rename(path("a"), path("away"));
  EXPECT_THAT(at(watch, 0), IsEmpty());
  EXPECT_THAT(at(watch, 200), ElementsAre(0));
  fs::rename(path("away"), path("a"));
  EXPECT_THAT(at(watch, 300), IsEmpty());
  EXPECT_THAT(at(watch, 500), ElementsAre(0));
}

/// As Kubernetes mounts a volume: net.model -> ..data/net.model, and ..data -> a folder of a version, replaced by
/// renaming another link over it.
TEST_F(FileWatchTest, FollowsLinksOnTheWay) {
  for (const char *version : {"..1", "..2"}) {
    fs::create_directory(path(version));
    write(std::string(version) + "/net.model", version);
  }
  fs::create_directory_symlink("..1", path("..data"));
  fs::create_symlink("..data/net.model", path("net.model"));
  FileWatch watch({path("net.model")});
  EXPECT_THAT(at(watch, 500), IsEmpty());
  fs::create_directory_symlink("..2", path("..data_tmp"));
  fs::rename(path("..data_tmp"), path("..data"));
  EXPECT_THAT(at(watch, 600), IsEmpty());
  EXPECT_THAT(at(watch, 800), ElementsAre(0));
}

} // namespace
} // namespace dlc::tool
