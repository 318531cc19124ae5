// What control groups allow, read from texts as systems have them: both versions, containers, limits above the own
// group. The real machine is asked only for what must hold on any.
#include "dlc/support/machine.h"

#include "gtest/gtest.h"

#include <map>
#include <sched.h>

namespace dlc {
namespace {

using Files = std::map<std::string, std::string>;

constexpr const char *kFirst = "9:name=systemd:/s\n4:memory:/m/inner\n2:cpu,cpuacct:/box/job\n1:cpuset:/\n0::/\n";
constexpr const char *kFirstMounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:3 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
constexpr const char *kSecond = "0::/user.slice/job\n";
constexpr const char *kSecondMounts =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

GroupLimits limitsOf(const std::string &groups, const std::string &mounts, Files files) {
  files["/proc/self/cgroup"] = groups;
  files["/proc/self/mountinfo"] = mounts;
  return groupLimits([&](const std::string &path) {
    auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

const double kAny = std::numeric_limits<double>::infinity();

TEST(Groups, FirstVersion) {
  const std::string cpu = "/sys/fs/cgroup/cpu,cpuacct", memory = "/sys/fs/cgroup/memory";
  EXPECT_EQ(limitsOf(kFirst, kFirstMounts, {}).processors, kAny);
  Files files = {{cpu + "/box/job/cpu.cfs_quota_us", "50000\n"}, {cpu + "/box/job/cpu.cfs_period_us", "100000\n"}};
  EXPECT_EQ(limitsOf(kFirst, kFirstMounts, files).processors, 0.5);
  files[cpu + "/box/job/cpu.cfs_quota_us"] = "-1\n";
  EXPECT_EQ(limitsOf(kFirst, kFirstMounts, files).processors, kAny);
  files[cpu + "/box/cpu.cfs_quota_us"] = "450000\n"; // of the group above
  files[cpu + "/box/cpu.cfs_period_us"] = "100000\n";
  EXPECT_EQ(limitsOf(kFirst, kFirstMounts, files).processors, 4.5);
  EXPECT_EQ(limitsOf(kFirst, kFirstMounts,
                     {{memory + "/m/inner/memory.limit_in_bytes", "9223372036854771712\n"},
                      {memory + "/m/memory.limit_in_bytes", "1073741824\n"},
                      {memory + "/memory.limit_in_bytes", "9223372036854771712\n"}})
                .memory,
            uint64_t{1} << 30);
}

TEST(Groups, SecondVersion) {
  const std::string root = "/sys/fs/cgroup";
  EXPECT_EQ(limitsOf(kSecond, kSecondMounts, {}).processors, kAny);
  EXPECT_EQ(limitsOf(kSecond, kSecondMounts, {{root + "/user.slice/job/cpu.max", "max 100000\n"}}).processors, kAny);
  Files files = {{root + "/user.slice/job/cpu.max", "250000 100000\n"}, {root + "/user.slice/cpu.max", "max 100000\n"}};
  EXPECT_EQ(limitsOf(kSecond, kSecondMounts, files).processors, 2.5);
  files[root + "/user.slice/cpu.max"] = "10000 20000\n";
  EXPECT_EQ(limitsOf(kSecond, kSecondMounts, files).processors, 0.5);
  files[root + "/user.slice/job/memory.max"] = "max\n";
  EXPECT_EQ(limitsOf(kSecond, kSecondMounts, files).memory, std::numeric_limits<uint64_t>::max());
  files[root + "/user.slice/memory.max"] = "1048576\n";
  EXPECT_EQ(limitsOf(kSecond, kSecondMounts, files).memory, uint64_t{1} << 20);
}

TEST(Groups, InAContainer) {
  // The mount shows the container's own group, and the names are those of the host or of the container.
  const std::string mounts = "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n";
  Files files = {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000"}, {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"}};
  for (const char *group : {"1:cpu:/docker/abc\n", "1:cpu:/\n", "1:cpu:/docker/abc/unseen\n", "1:cpu:/docker/abcdef\n"})
    EXPECT_EQ(limitsOf(group, mounts, files).processors, 1.5) << group;
  EXPECT_EQ(limitsOf("0::/../../elsewhere\n", kSecondMounts, {{"/sys/fs/cgroup/cpu.max", "50000 100000"}}).processors,
            0.5);
  EXPECT_EQ(
      limitsOf("0::/\n", "1 1 0:1 / /odd\\040place rw - cgroup2 none rw\n", {{"/odd place/cpu.max", "1 2"}}).processors,
      0.5);
}

TEST(Groups, WhatCannotBeReadLimitsNothing) {
  for (const char *groups : {"", "\n", "nonsense", "::::", "0::", "1:cpu:/a\n0::/a\n"})
    for (const char *mounts : {"", " - ", "1 2 3\n", " - cgroup2 cgroup2 rw", "1 2 3 / /x rw - cgroup2 c rw\n"})
      for (const char *quota : {"", "max", "100000", "0 0", "5 0", "-5 100", "99999999999999999999 1", "a b"}) {
        GroupLimits limits = limitsOf(groups, mounts, {{"/x/cpu.max", quota}, {"/x/a/cpu.max", quota}});
        EXPECT_EQ(limits.processors, kAny) << groups << "|" << mounts << "|" << quota;
      }
  GroupLimits none = groupLimits([](const std::string &) { return std::optional<std::string>(); });
  EXPECT_EQ(none.processors, kAny);
  EXPECT_EQ(none.memory, std::numeric_limits<uint64_t>::max());
}

TEST(Machine, AsManyProcessorsAsAreAllowed) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_GE(processors(), 1u);
  EXPECT_LE(processors(), static_cast<unsigned>(CPU_COUNT(&before)));
  int first = 0;
  while (!CPU_ISSET(first, &before))
    ++first;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(processors(), 1u);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

TEST(Machine, HasMemory) {
  EXPECT_GT(memoryOfProcess(), uint64_t{1} << 20);
  EXPECT_LT(memoryOfProcess(), uint64_t{1} << 60);
}

} // namespace
} // namespace dlc
