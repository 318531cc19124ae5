// The one function that writes files: all or nothing, synced, and no temporary left behind.
// It keeps no file open and makes no folders.
#include "dlc/support/files.h"
#include "system_error.h"

#include "absl/strings/str_cat.h"
#include "dlc/support/last_words.h"
#include "dlc/support/philox.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace dlc {
namespace {

using llvm::sys::RetryAfterSignal;

/// open(), again where a signal came in between.
int openFile(const std::string &path, int flags, mode_t mode = 0) {
  return RetryAfterSignal(-1, [&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
}

/// Gathers small pieces; large ones go straight to the file.
class Writer {
public:
  explicit Writer(int fd) : fd(fd) { buffer.reserve(kBuffer); }
  bool write(llvm::ArrayRef<char> piece) {
    if (error)
      return false;
    if (buffer.size() + piece.size() > kBuffer)
      flush();
    if (piece.size() >= kBuffer)
      writeAll(piece);
    else
      buffer.insert(buffer.end(), piece.begin(), piece.end());
    return error == 0;
  }
  void flush() {
    writeAll(buffer);
    buffer.clear();
  }
  int error = 0;

private:
  static constexpr size_t kBuffer = 1 << 18;
  void writeAll(llvm::ArrayRef<char> bytes) {
    while (!bytes.empty() && !error) {
      ssize_t done = RetryAfterSignal(-1, ::write, fd, bytes.data(), std::min<size_t>(bytes.size(), 1u << 30));
      if (done > 0)
        bytes = bytes.drop_front(static_cast<size_t>(done));
      else if (done < 0 && errno == EAGAIN)
        awaitRoom();
      else
        error = done < 0 ? errno : EIO;
    }
  }
  /// A pipe that somebody has made non-blocking, as a shell's standard output may be.
  void awaitRoom() {
    struct pollfd stream = {fd, POLLOUT, 0};
    if (::poll(&stream, 1, -1) < 0 && errno != EINTR)
      error = errno;
  }
  int fd;
  std::vector<char> buffer;
};

/// Where `path` leads: symbolic links are followed even when the last one points to nothing.
absl::StatusOr<std::string> followLinks(llvm::StringRef path) {
  std::string current = path.str();
  for (int links = 0; links < 40; ++links) {
    char target[PATH_MAX];
    ssize_t size = ::readlink(current.c_str(), target, sizeof target);
    if (size < 0)
      return current; // not a link; whatever else is wrong shows when it is used
    llvm::StringRef to(target, static_cast<size_t>(size));
    if (llvm::sys::path::is_absolute(to)) {
      current = to.str();
    } else {
      llvm::SmallString<256> joined(llvm::sys::path::parent_path(current));
      llvm::sys::path::append(joined, to);
      current = joined.str().str();
    }
  }
  return support::systemError(path, ELOOP);
}

std::string folderOf(llvm::StringRef path) {
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  return folder.empty() ? "." : folder.str();
}

/// How the temporaries of one output begin: short whatever the length of its name.
std::string temporaryPrefix(llvm::StringRef target) {
  llvm::StringRef name = llvm::sys::path::filename(target);
  return absl::StrCat(".dlc-", absl::Hex(stableHash(name.data(), name.size()), absl::kZeroPad16), "-");
}

/// A name beside `target`.
std::string temporaryBeside(const std::string &folder, llvm::StringRef target) {
  static std::atomic<unsigned> counter = 0;
  return absl::StrCat(folder, "/", temporaryPrefix(target), ::getpid(), "-", counter++, ".tmp");
}

/// Removes what a killed process has left of earlier tries to write `target`. Whoever writes holds a lock on its
/// temporary, which goes with the process; a process number would say nothing about another machine or container.
void removeStale(const std::string &folder, llvm::StringRef target) {
  std::string prefix = temporaryPrefix(target);
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error)) {
    llvm::StringRef name = llvm::sys::path::filename(it->path());
    if (!name.starts_with(prefix) || !name.ends_with(".tmp"))
      continue;
    int fd = openFile(it->path(), O_RDONLY | O_NOFOLLOW);
    if (fd < 0)
      continue;
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
      ::unlink(it->path().c_str());
    ::close(fd);
  }
}

/// Tells others that somebody is still writing; a file system without locks has nobody to tell.
void lock(int fd) { RetryAfterSignal(-1, ::flock, fd, LOCK_EX | LOCK_NB); }

/// A new file in `folder`. Preferably one without a name, which vanishes by itself if the process is killed; `name` is
/// then empty.
int openTemporary(const std::string &folder, llvm::StringRef target, mode_t mode, std::string &name) {
  int fd = -1;
  if (::access("/proc/self/fd", X_OK) == 0) // needed to give it a name later
    fd = openFile(folder, O_TMPFILE | O_WRONLY, mode);
  if (fd >= 0) {
    lock(fd);
    return fd;
  }
  for (int attempt = 0; attempt < 100; ++attempt) {
    name = temporaryBeside(folder, target);
    fd = openFile(name, O_CREAT | O_EXCL | O_WRONLY, mode);
    if (fd >= 0 || errno != EEXIST)
      break;
  }
  if (fd < 0)
    name.clear();
  else
    lock(fd);
  return fd;
}

/// Gives a file without a name a temporary one, because only named files can be renamed over another.
bool nameTemporary(int fd, const std::string &folder, llvm::StringRef target, std::string &name) {
  std::string self = absl::StrCat("/proc/self/fd/", fd);
  for (int attempt = 0; attempt < 100; ++attempt) {
    name = temporaryBeside(folder, target);
    if (RetryAfterSignal(-1, ::linkat, AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
      return true;
    if (errno != EEXIST)
      break;
  }
  name.clear();
  return false;
}

absl::Status writeDirectly(int fd, llvm::StringRef path, llvm::function_ref<void(Sink)> produce) {
  Writer writer(fd);
  produce([&](llvm::ArrayRef<char> piece) { return writer.write(piece); });
  writer.flush();
  return writer.error ? support::systemError(path, writer.error) : absl::OkStatus();
}

bool isSpecial(const struct stat &status) { return !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode); }

} // namespace

absl::Status writeFileAtomically(llvm::StringRef path, llvm::function_ref<void(Sink)> produce) {
  if (path == "-")
    return writeDirectly(STDOUT_FILENO, "<stdout>", produce);
  absl::StatusOr<std::string> target = followLinks(path);
  if (!target.ok())
    return target.status();

  mode_t mode = 0666; // less the umask
  struct stat status;
  bool exists = ::stat(target->c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return support::systemError(path, EISDIR);
  if (exists && isSpecial(status)) {
    int fd = openFile(*target, O_WRONLY);
    if (fd < 0)
      return support::systemError(path, errno);
    auto closing = llvm::make_scope_exit([&] { ::close(fd); });
    return writeDirectly(fd, path, produce);
  }

  std::string folder = folderOf(*target), temporary;
  removeStale(folder, *target);
  int fd = openTemporary(folder, *target, mode, temporary);
  if (fd < 0)
    return support::systemError(path, errno);
  std::optional<PendingFile> pending;
  if (!temporary.empty())
    pending.emplace(temporary);
  auto cleanUp = llvm::make_scope_exit([&] {
    if (fd >= 0)
      ::close(fd);
    if (!temporary.empty())
      ::unlink(temporary.c_str());
  });
  if (exists && RetryAfterSignal(-1, ::fchmod, fd, status.st_mode & 07777) != 0)
    return support::systemError(path, errno);
  absl::Status written = writeDirectly(fd, path, produce);
  if (!written.ok())
    return written;
  if (RetryAfterSignal(-1, ::fsync, fd) != 0)
    return support::systemError(path, errno);
  if (temporary.empty()) {
    if (!nameTemporary(fd, folder, *target, temporary))
      return support::systemError(path, errno);
    pending.emplace(temporary);
  }
  // Renamed before it is closed: closing ends the lock that tells others to leave the temporary alone. What close()
  // could say, fsync() has said.
  if (RetryAfterSignal(-1, ::rename, temporary.c_str(), target->c_str()) != 0)
    return support::systemError(path, errno);
  pending->settled();
  temporary.clear();

  // Only now is the name on the disk as well. Some file systems cannot sync a folder and say EINVAL.
  int folderFd = openFile(folder, O_RDONLY | O_DIRECTORY);
  if (folderFd < 0)
    return support::systemError(folder, errno);
  int error = RetryAfterSignal(-1, ::fsync, folderFd) == 0 || errno == EINVAL ? 0 : errno;
  ::close(folderFd);
  return error ? support::systemError(folder, error) : absl::OkStatus();
}

absl::Status writeFileAtomically(llvm::StringRef path, llvm::StringRef bytes) {
  return writeFileAtomically(path, [&](Sink sink) { sink(llvm::ArrayRef(bytes.data(), bytes.size())); });
}

absl::Status checkWritable(llvm::StringRef path) {
  if (path == "-")
    return absl::OkStatus();
  if (path.empty() || path.back() == '/')
    return support::systemError(path, path.empty() ? ENOENT : EISDIR);
  absl::StatusOr<std::string> target = followLinks(path);
  if (!target.ok())
    return target.status();
  if (llvm::sys::path::filename(*target).size() > NAME_MAX)
    return support::systemError(path, ENAMETOOLONG);
  struct stat status;
  if (::stat(target->c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode))
      return support::systemError(path, EISDIR);
    if (::access(target->c_str(), W_OK) != 0)
      return support::systemError(path, errno);
    if (isSpecial(status))
      return absl::OkStatus();
  } else if (errno != ENOENT) {
    return support::systemError(path, errno);
  }
  std::string folder = folderOf(*target), temporary;
  int fd = openTemporary(folder, *target, 0600, temporary);
  if (fd < 0)
    return support::systemError(path, errno);
  ::close(fd);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
  return absl::OkStatus();
}

} // namespace dlc
