// Reading a whole file, pipe or device into memory.
// It maps nothing, so that a file cut off by another program is a short read and not a signal.
#include "dlc/support/files.h"
#include "owned_buffer.h"
#include "system_error.h"

#include "absl/strings/str_cat.h"
#include "dlc/support/strings.h"
#include "llvm/Support/Errno.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc {
namespace {

struct Descriptor {
  int fd;
  bool close;
  ~Descriptor() {
    if (close && fd >= 0)
      ::close(fd);
  }
};

} // namespace

std::unique_ptr<llvm::MemoryBuffer> copyToBuffer(llvm::StringRef bytes, llvm::StringRef name) {
  support::GrowingBytes copy;
  char *to = copy.reserve(bytes.size()) ? copy.grow(bytes.size()) : nullptr;
  if (!to)
    allocationFailed();
  std::copy(bytes.begin(), bytes.end(), to);
  return std::move(copy).take(name);
}

absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path) {
  bool standardInput = path == "-";
  llvm::StringRef name = standardInput ? llvm::StringRef("<stdin>") : path;
  const std::string file = path.str();
  auto open = [&] { return ::open(file.c_str(), O_RDONLY | O_CLOEXEC); };
  Descriptor in{standardInput ? STDIN_FILENO : llvm::sys::RetryAfterSignal(-1, open), !standardInput};
  struct stat status;
  if (in.fd < 0 || ::fstat(in.fd, &status) != 0)
    return support::systemError(name, errno);
  if (S_ISDIR(status.st_mode))
    return absl::FailedPreconditionError(absl::StrCat(av(name), ": is a folder"));

  bool regular = S_ISREG(status.st_mode);
  support::GrowingBytes bytes;
  auto outOfMemory = [&](uint64_t wanted) {
    return absl::ResourceExhaustedError(absl::StrCat(av(name), ": out of memory for ", wanted, " bytes"));
  };
  uint64_t expected = regular ? static_cast<uint64_t>(status.st_size) : 0;
  if (!bytes.reserve(expected + 1))
    return outOfMemory(expected);
  while (true) {
    // A regular file is asked for what is left and one byte more, which tells whether it grew; it is then read on to
    // its end.
    uint64_t piece = expected > bytes.size() ? std::min<uint64_t>(expected - bytes.size() + 1, 1u << 30) : 1u << 16;
    char *dst = bytes.grow(piece);
    if (!dst)
      return outOfMemory(bytes.size() + piece);
    ssize_t got = ::read(in.fd, dst, piece);
    if (got < 0) {
      bytes.shrink(piece);
      struct pollfd stream = {in.fd, POLLIN, 0};
      if (errno == EINTR || (errno == EAGAIN && (::poll(&stream, 1, -1) >= 0 || errno == EINTR)))
        continue; // a pipe that somebody has made non-blocking is waited for
      return support::systemError(name, errno);
    }
    bytes.shrink(piece - static_cast<uint64_t>(got));
    if (got == 0)
      break;
    if (bytes.size() > std::max(expected, kMaxStreamBytes))
      return absl::ResourceExhaustedError(
          absl::StrCat(av(name), ": more than ", bytes.size() - 1, " bytes and no end"));
  }
  return std::move(bytes).take(name);
}

} // namespace dlc
