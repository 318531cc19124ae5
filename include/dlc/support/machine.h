// What this process may use of the machine: processors, memory, threads. A container's share counts as the machine.
// It measures nothing and changes nothing.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace dlc {

/// Whole processors that this process may keep busy: those it is allowed to run on (sched_setaffinity), or fewer where
/// a control group pays for fewer (cgroup v1 and v2). At least 1.
unsigned processors();

/// Bytes of memory that this process may have: the machine's, or less where a control group or a limit of the process
/// (ulimit -v, -d) allows less.
uint64_t memoryOfProcess();

/// Starts a thread; what the system says where it gives no more of them, and then `thread` is as it was.
template <class Work> std::error_code startThread(std::thread &thread, Work work) {
  try {
    thread = std::thread(std::move(work));
  } catch (const std::system_error &refused) {
    return refused.code();
  }
  return {};
}

/// What control groups allow a process.
struct GroupLimits {
  double processors = std::numeric_limits<double>::infinity();
  uint64_t memory = std::numeric_limits<uint64_t>::max();
};
/// A small file, or nothing where there is none.
using SmallFile = llvm::function_ref<std::optional<std::string>(const std::string &path)>;
/// The tightest limits among the groups of this process and the groups above them, read from /proc/self/cgroup,
/// /proc/self/mountinfo and the files of the groups. Whatever cannot be read limits nothing.
GroupLimits groupLimits(SmallFile read);

} // namespace dlc
