// Reading, unpacking and writing whole files: all or nothing, no temporary left, every refusal with its reason.
// A kill in the middle of a write is tried on a child process.
#include "dlc/support/files.h"
#include "dlc/support/philox.h"
#include "dlc/support/strings.h"

#include "gtest/gtest.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

namespace dlc {
namespace {
namespace fs = std::filesystem;

class Files : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "dlc-files-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder); }
  std::string at(const std::string &name) const { return folder + "/" + name; }
  static std::string contents(const std::string &path) {
    auto bytes = readFile(path);
    return bytes.ok() ? (*bytes)->getBuffer().str() : "(" + ref(bytes.status().message()).str() + ")";
  }
  size_t entries() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {})); }
  std::string folder;
};

TEST_F(Files, RoundTripOfEverySize) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{4095}, size_t{1} << 18, (size_t{1} << 18) + 1, size_t{3} << 20}) {
    std::string bytes(size, '\0');
    RandomStream random(size, RandomUse::Test);
    for (char &c : bytes)
      c = static_cast<char>(random.next32());
    ASSERT_TRUE(writeFileAtomically(at("f"), bytes).ok());
    EXPECT_TRUE(contents(at("f")) == bytes) << size;
    // The same in pieces of all sizes.
    ASSERT_TRUE(writeFileAtomically(at("g"), [&](Sink sink) {
                  size_t done = 0;
                  for (size_t piece = 1; done < size; piece = piece * 3 + 1) {
                    size_t take = std::min(piece, size - done);
                    EXPECT_TRUE(sink(llvm::ArrayRef(bytes.data() + done, take)));
                    done += take;
                  }
                }).ok());
    EXPECT_TRUE(contents(at("g")) == bytes) << size;
    EXPECT_EQ(entries(), 2u);
  }
}

TEST_F(Files, ReadingRefuses) {
  EXPECT_EQ(readFile(at("none")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(readFile(folder).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ref(readFile(at("none")).status().message()), at("none") + ": No such file or directory");
  auto buffer = readFile("/dev/null");
  ASSERT_TRUE(buffer.ok());
  EXPECT_EQ((*buffer)->getBufferSize(), 0u);
}

TEST_F(Files, ReadsPipes) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  pid_t child = ::fork();
  if (child == 0) {
    std::ofstream out(at("pipe"));
    for (int i = 0; i < 100000; ++i)
      out << "0123456789";
    out.close();
    ::_exit(0);
  }
  EXPECT_EQ(contents(at("pipe")).size(), 1000000u);
  ::waitpid(child, nullptr, 0);
}

TEST_F(Files, WritingRefusesAndLeavesNothing) {
  ASSERT_TRUE(writeFileAtomically(at("old"), "old").ok());
  EXPECT_FALSE(writeFileAtomically(at("none/f"), "x").ok());
  EXPECT_FALSE(writeFileAtomically(folder, "x").ok());
  EXPECT_FALSE(writeFileAtomically("", "x").ok());
  EXPECT_EQ(entries(), 1u);
  // A full disk, by a limit on the size of files.
  pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    bool stopped = false;
    absl::Status status = writeFileAtomically(at("old"), [&](Sink sink) {
      std::string piece(1 << 18, 'x');
      for (int i = 0; i < 16 && !stopped; ++i)
        stopped = !sink(llvm::ArrayRef(piece.data(), piece.size()));
    });
    ::_exit(!status.ok() && stopped ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(contents(at("old")), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, AKillLeavesTheOldFileOrTheNewOne) {
  std::string old(1 << 20, 'o'), next(1 << 20, 'n');
  for (unsigned delay = 0; delay < 3000; delay += 150) {
    ASSERT_TRUE(writeFileAtomically(at("f"), old).ok());
    pid_t child = ::fork();
    if (child == 0) {
      for (;;)
        if (!writeFileAtomically(at("f"), next).ok())
          ::_exit(1);
    }
    ::usleep(delay);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::string now = contents(at("f"));
    EXPECT_TRUE(now == old || now == next);
  }
}

TEST_F(Files, WhatAKillLeftIsGoneAfterTheNextWrite) {
  // As it is between linkat() and rename(): a name that nobody holds any more. Its own output's next write removes it;
  // another output's does not, and neither does anybody while its writer lives.
  ASSERT_TRUE(writeFileAtomically(at("f"), "1").ok());
  auto name = [&](const std::string &output, const char *tail) {
    char hash[32];
    std::snprintf(hash, sizeof hash, "%016llx",
                  static_cast<unsigned long long>(stableHash(output.data(), output.size())));
    return at(std::string(".dlc-") + hash + tail);
  };
  std::string stale = name("f", "-1-0.tmp"), other = name("g", "-1-0.tmp"), held = name("f", "-2-0.tmp");
  for (const std::string &path : {stale, other, held})
    std::ofstream(path) << "x";
  int fd = ::open(held.c_str(), O_RDONLY);
  ASSERT_EQ(::flock(fd, LOCK_EX | LOCK_NB), 0);
  ASSERT_TRUE(writeFileAtomically(at("f"), "2").ok());
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(other) && fs::exists(held));
  ::close(fd);
  ASSERT_TRUE(writeFileAtomically(at("f"), "3").ok());
  EXPECT_FALSE(fs::exists(held));
}

TEST_F(Files, LinksAndModesAreKept) {
  ASSERT_TRUE(writeFileAtomically(at("target"), "1").ok());
  ASSERT_EQ(::chmod(at("target").c_str(), 0640), 0);
  fs::create_symlink("target", at("link"));
  fs::create_symlink("link", at("link2"));
  ASSERT_TRUE(writeFileAtomically(at("link2"), "2").ok());
  EXPECT_TRUE(fs::is_symlink(at("link2")) && fs::is_symlink(at("link")));
  EXPECT_EQ(contents(at("target")), "2");
  struct stat status;
  ASSERT_EQ(::stat(at("target").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
  fs::create_symlink("new", at("dangling"));
  ASSERT_TRUE(writeFileAtomically(at("dangling"), "3").ok());
  EXPECT_EQ(contents(at("new")), "3");
  fs::create_symlink("loop", at("loop"));
  EXPECT_FALSE(writeFileAtomically(at("loop"), "4").ok());
  EXPECT_TRUE(writeFileAtomically("/dev/null", "5").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Files, CheckWritable) {
  EXPECT_TRUE(checkWritable(at("new")).ok());
  EXPECT_TRUE(checkWritable("-").ok());
  EXPECT_TRUE(checkWritable("/dev/null").ok());
  EXPECT_EQ(entries(), 0u); // the trial left nothing
  EXPECT_FALSE(checkWritable("").ok());
  EXPECT_FALSE(checkWritable(folder).ok());
  EXPECT_FALSE(checkWritable(folder + "/").ok());
  EXPECT_FALSE(checkWritable(at("none/f")).ok());
  EXPECT_FALSE(checkWritable(at(std::string(300, 'x'))).ok());
  ASSERT_TRUE(writeFileAtomically(at("file"), "1").ok());
  EXPECT_TRUE(checkWritable(at("file")).ok());
  EXPECT_FALSE(checkWritable(at("file/f")).ok());
  EXPECT_EQ(contents(at("file")), "1");
  if (::geteuid() != 0) { // root may write anywhere
    ::chmod(at("file").c_str(), 0440);
    EXPECT_FALSE(checkWritable(at("file")).ok());
    ::chmod(folder.c_str(), 0550);
    EXPECT_FALSE(checkWritable(at("other")).ok());
    ::chmod(folder.c_str(), 0750);
  }
}

std::string gzipped(llvm::StringRef bytes) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, bytes.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef *>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

TEST(Gunzip, RoundTripAndLimit) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{1000}, size_t{5} << 20}) {
    std::string bytes(size, '\0');
    RandomStream random(size, RandomUse::Test);
    for (char &c : bytes)
      c = static_cast<char>('a' + random.below(3));
    std::string packed = gzipped(bytes);
    auto whole = gunzip(packed, "f");
    ASSERT_TRUE(whole.ok()) << whole.status();
    EXPECT_TRUE((*whole)->getBuffer() == bytes);
    EXPECT_TRUE(gunzip(packed, "f", size).ok()); // just fits
    if (size > 0) {
      EXPECT_EQ(gunzip(packed, "f", size - 1).status().code(), absl::StatusCode::kResourceExhausted);
    }
    auto twice = gunzip(packed + packed, "f"); // members one after the other are one file
    ASSERT_TRUE(twice.ok());
    EXPECT_TRUE((*twice)->getBuffer() == bytes + bytes);
  }
}

TEST(Gunzip, DamageIsFound) {
  std::string packed = gzipped("some bytes that are worth keeping, some bytes that are worth keeping");
  for (size_t size = 0; size < packed.size(); ++size)
    EXPECT_EQ(gunzip(llvm::StringRef(packed).take_front(size), "f").status().code(), absl::StatusCode::kDataLoss)
        << size;
  EXPECT_EQ(gunzip(packed + "x", "f").status().code(), absl::StatusCode::kDataLoss);
  RandomStream random(1, RandomUse::Test);
  for (int i = 0; i < 3000; ++i) {
    std::string copy = packed;
    copy[random.below(static_cast<uint32_t>(copy.size()))] = static_cast<char>(random.next32());
    (void)gunzip(copy, "f").status(); // a value or a status; the sanitizer watches
  }
}

TEST(Gunzip, ABombIsRefused) {
  std::string packed = gzipped(std::string(size_t{80} << 20, '0'));
  ASSERT_LT(packed.size(), size_t{100} << 10);
  EXPECT_EQ(gunzip(packed, "f").status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(defaultGunzipLimit(UINT64_MAX), UINT64_MAX);
}

} // namespace
} // namespace dlc
