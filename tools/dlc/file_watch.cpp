// A file is what device, node, size and times say; contents are not compared.
// Whoever sets the time of a file back has still touched it: the time of the last change cannot be set.
#include "file_watch.h"

#include <sys/stat.h>

namespace dlc::tool {

FileWatch::Look FileWatch::lookAt(const std::string &file) {
  struct stat found;
  if (stat(file.c_str(), &found) != 0)
    return {};
  constexpr int64_t kSecond = 1'000'000'000;
  return {found.st_dev, found.st_ino, static_cast<uint64_t>(found.st_size),
          found.st_mtim.tv_sec * kSecond + found.st_mtim.tv_nsec,
          found.st_ctim.tv_sec * kSecond + found.st_ctim.tv_nsec};
}

FileWatch::FileWatch(const std::vector<std::string> &files) {
  for (const std::string &file : files) {
    const Look look = lookAt(file);
    all.push_back({file, look, look, Clock::time_point()});
  }
}

std::vector<size_t> FileWatch::changed(Clock::time_point now) {
  std::vector<size_t> places;
  for (size_t i = 0; i < all.size(); ++i) {
    Watched &watched = all[i];
    const Look look = lookAt(watched.file);
    if (look != watched.now)
      watched.now = look, watched.since = now;
    if (watched.now == watched.told || now - watched.since < kQuiet)
      continue;
    watched.told = watched.now;
    places.push_back(i);
  }
  return places;
}

} // namespace dlc::tool
