// Control groups: which group the process is in says /proc/self/cgroup, where its files lie says /proc/self/mountinfo.
// Version 1 has a tree for each controller, version 2 one for all; every group on the way up limits as well.
#include "dlc/support/machine.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include <vector>

namespace dlc {
namespace {

using llvm::StringRef;

/// A mounted tree of groups: `root` is the group that the mount point shows.
struct Mount {
  bool second;       ///< cgroup v2
  StringRef options; ///< v1: the controllers among others, "rw,cpu,cpuacct"
  std::string root, point;
};

/// mountinfo writes blanks and the like as \040.
std::string unescaped(StringRef text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned code;
    if (text[i] == '\\' && i + 3 < text.size() && !text.substr(i + 1, 3).getAsInteger(8, code)) {
      result += static_cast<char>(code);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<Mount> mountsIn(StringRef mountinfo) {
  std::vector<Mount> mounts;
  llvm::SmallVector<StringRef> lines;
  mountinfo.split(lines, '\n', -1, false);
  for (StringRef line : lines) {
    // 36 35 98:0 /root /point rw,noatime shared:1 - cgroup cgroup rw,cpu,cpuacct
    auto [before, after] = line.split(" - ");
    llvm::SmallVector<StringRef> where, what;
    before.split(where, ' ', -1, false);
    after.split(what, ' ', -1, false);
    if (where.size() < 5 || what.empty() || (what[0] != "cgroup" && what[0] != "cgroup2"))
      continue;
    mounts.push_back({what[0] == "cgroup2", what.back(), unescaped(where[3]), unescaped(where[4])});
  }
  return mounts;
}

bool hasWord(StringRef list, StringRef word) {
  return llvm::any_of(llvm::split(list, ','), [&](StringRef each) { return each == word; });
}

/// The folders of a group and those above it, as far as they are mounted.
std::vector<std::string> foldersOf(StringRef group, const Mount &mount) {
  StringRef below = group;
  // A group outside the mount (a container's view of its host's names): the mount itself is the nearest that is known.
  if (mount.root != "/" && (!below.consume_front(mount.root) || !(below.empty() || below.starts_with("/"))))
    below = "";
  if (!below.starts_with("/") || below.contains("/.."))
    below = "";
  std::vector<std::string> folders;
  for (below = below.rtrim('/'); !below.empty(); below = below.substr(0, below.rfind('/')).rtrim('/'))
    folders.push_back(mount.point + below.str());
  folders.push_back(mount.point);
  return folders;
}

std::optional<int64_t> numberIn(const std::optional<std::string> &text) {
  int64_t value;
  if (!text || StringRef(*text).trim().getAsInteger(10, value))
    return std::nullopt;
  return value;
}

class Reader {
public:
  Reader(SmallFile read, GroupLimits &limits) : read(read), limits(limits) {}

  void second(const std::string &folder) {
    if (auto quota = read(folder + "/cpu.max")) { // "50000 100000", "max 100000"
      auto [most, period] = StringRef(*quota).trim().split(' ');
      int64_t time, of;
      if (!most.getAsInteger(10, time) && !period.getAsInteger(10, of))
        share(time, of);
    }
    memory(numberIn(read(folder + "/memory.max")));
  }
  void firstCpu(const std::string &folder) {
    auto time = numberIn(read(folder + "/cpu.cfs_quota_us")), of = numberIn(read(folder + "/cpu.cfs_period_us"));
    if (time && of)
      share(*time, *of); // -1: none
  }
  void firstMemory(const std::string &folder) { memory(numberIn(read(folder + "/memory.limit_in_bytes"))); }

private:
  void share(int64_t time, int64_t of) {
    if (time > 0 && of > 0)
      limits.processors = std::min(limits.processors, static_cast<double>(time) / static_cast<double>(of));
  }
  void memory(std::optional<int64_t> bytes) {
    if (bytes && *bytes > 0)
      limits.memory = std::min(limits.memory, static_cast<uint64_t>(*bytes));
  }
  SmallFile read;
  GroupLimits &limits;
};

std::optional<std::string> readSmallFile(const std::string &path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return std::nullopt;
  std::string text;
  char piece[4096];
  ssize_t got;
  while ((got = ::read(fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR))
    text.append(piece, got > 0 ? static_cast<size_t>(got) : 0);
  ::close(fd);
  return got < 0 ? std::nullopt : std::optional(std::move(text));
}

/// Processors in the affinity mask, which may be longer than cpu_set_t.
unsigned allowedProcessors() {
  for (size_t count = 1024; count <= size_t{1} << 20; count *= 2) {
    std::vector<unsigned long> mask(count / (8 * sizeof(unsigned long)));
    auto *set = reinterpret_cast<cpu_set_t *>(mask.data());
    if (::sched_getaffinity(0, count / 8, set) == 0)
      return static_cast<unsigned>(CPU_COUNT_S(count / 8, set));
    if (errno != EINVAL)
      break;
  }
  return std::thread::hardware_concurrency();
}

} // namespace

GroupLimits groupLimits(SmallFile read) {
  GroupLimits limits;
  const std::optional<std::string> groups = read("/proc/self/cgroup"), mountinfo = read("/proc/self/mountinfo");
  if (!groups || !mountinfo)
    return limits;
  const std::vector<Mount> mounts = mountsIn(*mountinfo);
  Reader reader(read, limits);
  llvm::SmallVector<StringRef> lines;
  StringRef(*groups).split(lines, '\n', -1, false);
  for (StringRef line : lines) { // "4:cpu,cpuacct:/group" or "0::/group"
    auto [number, rest] = line.split(':');
    auto [controllers, group] = rest.split(':');
    for (const Mount &mount : mounts) {
      const bool of = mount.second ? controllers.empty() : !controllers.empty();
      if (!of)
        continue;
      for (const std::string &folder : foldersOf(group, mount)) {
        if (mount.second)
          reader.second(folder);
        if (!mount.second && hasWord(controllers, "cpu") && hasWord(mount.options, "cpu"))
          reader.firstCpu(folder);
        if (!mount.second && hasWord(controllers, "memory") && hasWord(mount.options, "memory"))
          reader.firstMemory(folder);
      }
    }
  }
  return limits;
}

/// Read once: the files are made anew by the kernel for every reader.
static const GroupLimits &groupOfProcess() {
  static const GroupLimits limits = groupLimits(readSmallFile);
  return limits;
}

unsigned processors() {
  const double paid = groupOfProcess().processors;
  const unsigned allowed = std::max(1u, allowedProcessors());
  // Half a processor more is no help to a team whose members wait for each other.
  return paid >= allowed ? allowed : std::max(1u, static_cast<unsigned>(paid));
}

uint64_t memoryOfProcess() {
  struct sysinfo info;
  uint64_t bytes = ::sysinfo(&info) == 0 ? static_cast<uint64_t>(info.totalram) * info.mem_unit : uint64_t{10} << 30;
  bytes = std::min(bytes, groupOfProcess().memory);
  for (auto kind : {RLIMIT_AS, RLIMIT_DATA}) {
    struct rlimit limit;
    if (::getrlimit(kind, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      bytes = std::min<uint64_t>(bytes, limit.rlim_cur);
  }
  return bytes;
}

} // namespace dlc
