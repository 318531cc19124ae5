// FileWatch: which of a few files have become others since they were last looked at.
// It opens none of them, and asks for names: whoever renames a file, or a link on the way to it, is noticed, too.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace dlc::tool {

/// The system is asked instead of telling by itself (inotify): that costs a microsecond per file, sees links of any
/// depth, and works where a file lies on another machine.
class FileWatch {
public:
  using Clock = std::chrono::steady_clock;
  /// How long a file stays as it is before it is taken for complete.
  static constexpr std::chrono::milliseconds kQuiet{200};

  explicit FileWatch(const std::vector<std::string> &files);

  /// The places of those that are not as they were when they were last told of here, or at the beginning. A file that
  /// is gone counts; one that still changes has to wait.
  std::vector<size_t> changed(Clock::time_point now = Clock::now());

private:
  struct Look {
    uint64_t device = 0, node = 0, bytes = 0;
    int64_t written = 0, touched = 0; ///< nanoseconds since 1970; all 0 if there is no such file
    bool operator==(const Look &) const = default;
  };
  struct Watched {
    std::string file;
    Look told, now;
    Clock::time_point since; ///< it looks like `now`
  };
  static Look lookAt(const std::string &file);

  std::vector<Watched> all;
};

} // namespace dlc::tool
