// Implements LineFile over one open file.
// Nothing is synced: a log that loses its last lines with the machine is still a log.
#include "dlc/support/line_file.h"

#include "absl/strings/str_cat.h"
#include "dlc/support/strings.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc {
namespace {

/// Where the last whole line of a regular file ends.
off_t endOfLines(int fd, off_t size) {
  char piece[4096];
  while (size > 0) {
    const off_t begin = std::max<off_t>(0, size - static_cast<off_t>(sizeof piece));
    const ssize_t got = ::pread(fd, piece, static_cast<size_t>(size - begin), begin);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return size; // it cannot be looked at: nothing is cut off
    if (size_t end = llvm::StringRef(piece, static_cast<size_t>(got)).rfind('\n'); end != llvm::StringRef::npos)
      return begin + static_cast<off_t>(end) + 1;
    size = begin;
  }
  return 0;
}

} // namespace

LineFile::~LineFile() {
  if (fd > STDOUT_FILENO)
    ::close(fd);
}

bool LineFile::failed(int error) {
  status_ = absl::Status(absl::ErrnoToStatusCode(error), absl::StrCat(path, ": ", std::strerror(error)));
  return false;
}

bool LineFile::open() {
  if (path == "-") {
    llvm::outs().flush();
    fd = STDOUT_FILENO;
    return true;
  }
  const int how = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (begin == Begin::Anew ? O_TRUNC : 0);
  do
    fd = ::open(path.c_str(), how, 0666);
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return failed(errno);
  struct stat found;
  if (begin == Begin::GoOn && ::fstat(fd, &found) == 0 && S_ISREG(found.st_mode))
    if (const off_t end = endOfLines(fd, found.st_size); end < found.st_size && ::ftruncate(fd, end) != 0)
      return failed(errno);
  return true;
}

void LineFile::put(llvm::StringRef lines) {
  if (fd < 0 && !open())
    return;
  struct stat before;
  const bool regular = ::fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
  for (llvm::StringRef left = lines; !left.empty();) {
    const ssize_t done = ::write(fd, left.data(), left.size());
    if (done >= 0) {
      left = left.drop_front(static_cast<size_t>(done));
    } else if (errno != EINTR) {
      failed(errno);
      if (regular && left.size() < lines.size() && ::ftruncate(fd, before.st_size) != 0)
        failed(errno);
      return;
    }
  }
}

void LineFile::write_impl(const char *bytes, size_t size) {
  written += size;
  if (!status_.ok())
    return;
  rest.append(bytes, size);
  if (const size_t end = rest.rfind('\n'); end != std::string::npos) {
    put(llvm::StringRef(rest).take_front(end + 1));
    rest.erase(0, end + 1);
  }
}

} // namespace dlc
