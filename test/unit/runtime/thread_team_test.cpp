// The team of threads under stress: every barrier separates, every job is run once by each, and more threads than
// processors are slow at worst. It measures nothing; a figure on a busy machine would mean little.
#include "dlc/runtime/thread_team.h"

#include "gtest/gtest.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <sys/resource.h>

using namespace dlc;

namespace {

class Teams : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Sizes, Teams, testing::Values(1, 2, 3, 5, 8));

TEST_P(Teams, EveryThreadRunsEveryJobOnce) {
  ThreadTeam team(GetParam());
  ASSERT_EQ(team.size(), GetParam());
  std::vector<int> runs(team.size(), 0); // each thread its own: no atomics, so that a missing barrier is a data race
  for (int job = 1; job <= 500; ++job) {
    team.run([&](unsigned thread) { ++runs[thread]; });
    for (int count : runs)
      ASSERT_EQ(count, job);
  }
}

TEST_P(Teams, ABarrierSeparatesWhatIsBeforeFromWhatIsAfter) {
  ThreadTeam team(GetParam());
  const unsigned n = team.size();
  std::vector<uint32_t> values(n, 0), sums(n, 0);
  for (uint32_t job = 0; job < 20; ++job) {
    team.run([&](unsigned thread) {
      for (uint32_t round = 1; round <= 50; ++round) {
        values[thread] = job * 1000 + round + thread;
        team.barrier();
        uint32_t sum = 0;
        for (uint32_t value : values)
          sum += value;
        sums[thread] = sum;
        team.barrier();
      }
    });
    for (uint32_t sum : sums)
      ASSERT_EQ(sum, n * (job * 1000 + 50) + n * (n - 1) / 2);
  }
}

TEST(Team, SleepsBetweenJobs) {
  ThreadTeam team(3);
  int runs[3] = {};
  for (int job = 1; job <= 3; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // far beyond the spinning
    team.run([&](unsigned thread) { ++runs[thread]; });
    EXPECT_EQ(runs[0] + runs[1] + runs[2], 3 * job);
  }
}

TEST(Team, ManyTeamsComeAndGo) {
  for (int i = 0; i < 50; ++i) {
    ThreadTeam team(1 + static_cast<unsigned>(i) % 4);
    if (i % 2) {
      std::vector<int> seen(team.size(), 0);
      team.run([&](unsigned thread) { seen[thread] = 1; });
      for (int s : seen)
        EXPECT_EQ(s, 1);
    }
  }
}

TEST(Team, HasThoseThatTheSystemGives) {
  // In a process of its own, whose address space has no room for more stacks.
  auto refused = [] {
    struct rlimit limit = {size_t{512} << 20, size_t{512} << 20};
    ::setrlimit(RLIMIT_AS, &limit);
    ThreadTeam team(1000);
    std::atomic<unsigned> runs = 0;
    team.run([&](unsigned) { ++runs; });
    bool good = team.refused() && team.size() >= 1 && team.size() < 1000 && runs == team.size();
    std::_Exit(good ? 0 : 1);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // which need more than that for themselves
  EXPECT_EXIT(refused(), testing::ExitedWithCode(0), "");
#endif
  EXPECT_FALSE(ThreadTeam(2).refused());
}

} // namespace
