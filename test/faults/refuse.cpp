// A library to be preloaded: it lets one kind of system call, or every allocation, fail in turn, and notes how the
// program ends. It judges nothing; refusals.py does.
//
// REFUSE=malloc or a function's name, REFUSE_ERRNO=N    what fails, and how
// REFUSE_AT=N                                           call N (from 0) fails
// REFUSE_EVERY=K instead                                calls 0, K, 2 K ... fail, each in a run of its own
// REFUSE_LOG=FILE                                       a line for each call that has failed
//
// With REFUSE_EVERY the program runs once and as usual. At each chosen call it is forked; in the child, which is the
// experiment, the call fails and nothing else does. So all calls are tried in one run, and none is run up to again. A
// line says: call, exit code, signal, hash of what the child wrote to standard output, first line of standard error. A
// child that gets as far as publishing a file that its parent has opened stops there, with exit code 99, for the two
// have one file: that call wants a run with REFUSE_AT.
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
// glibc's own, whatever is preloaded.
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
}

namespace {

const char *what = nullptr;
int error = 0, log = -1;
long at = -1, every = 0, calls = 0;
pid_t origin = 0; ///< the process that forks; threads of others, and programs that it starts, are left alone
bool on = false;
bool writing = false; ///< a new file is open and has not got its place
bool shared = false;  ///< the same, and this is a child of who has opened it

long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

__attribute__((constructor)) void start() {
  what = getenv("REFUSE");
  error = static_cast<int>(number("REFUSE_ERRNO", ENOMEM));
  at = number("REFUSE_AT", -1), every = number("REFUSE_EVERY", 0);
  const char *file = getenv("REFUSE_LOG");
  if (!what || !file)
    return;
  // A high number, so that the program's own files have those that they have always.
  int opened = static_cast<int>(syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  log = fcntl(opened, F_DUPFD_CLOEXEC, 200);
  syscall(SYS_close, opened);
  origin = static_cast<pid_t>(syscall(SYS_gettid));
  on = true;
}

uint64_t hashOf(int fd, uint64_t hash) {
  unsigned char piece[4096];
  for (off_t at = 0;;) {
    long got = syscall(SYS_pread64, fd, piece, sizeof piece, at);
    if (got <= 0)
      return hash;
    for (long i = 0; i < got; ++i)
      hash = (hash ^ piece[i]) * 1099511628211u;
    at += got;
  }
}

/// Parent: waits for the child and writes its line.
void note(long call, pid_t child, int out, int err) {
  int status = 0;
  while (syscall(SYS_wait4, child, &status, 0, nullptr) < 0 && errno == EINTR)
    ;
  uint64_t hash = hashOf(out, 14695981039346656037u);
  char said[300] = "";
  long got = syscall(SYS_pread64, err, said, sizeof said - 1, 0);
  said[got > 0 ? got : 0] = 0;
  said[strcspn(said, "\n")] = 0;
  char line[512];
  int size = snprintf(line, sizeof line, "%ld %d %d %016llx %s\n", call, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                      WIFSIGNALED(status) ? WTERMSIG(status) : 0, static_cast<unsigned long long>(hash), said);
  syscall(SYS_write, log, line, size);
}

/// Where open files stand: parent and child share that.
struct Offsets {
  static constexpr int kFiles = 64;
  off_t of[kFiles];
  Offsets() {
    for (int fd = 0; fd < kFiles; ++fd)
      of[fd] = syscall(SYS_lseek, fd, 0, SEEK_CUR);
  }
  void restore() const {
    for (int fd = 0; fd < kFiles; ++fd)
      if (of[fd] >= 0)
        syscall(SYS_lseek, fd, of[fd], SEEK_SET);
  }
};

/// Whether this call is to fail: the one that was named, or in the child that was made for it.
bool fails(const char *function) {
  if (!on || strcmp(what, function) != 0 || syscall(SYS_gettid) != origin)
    return false;
  const long call = calls++;
  if (call == at) {
    on = false;
    syscall(SYS_write, log, ".\n", 2);
    errno = error;
    return true;
  }
  if (every == 0 || call % every != 0)
    return false;
  on = false; // what is called from here on is ours
  const int before = errno;
  int out = static_cast<int>(syscall(SYS_memfd_create, "out", MFD_CLOEXEC)),
      err = static_cast<int>(syscall(SYS_memfd_create, "err", MFD_CLOEXEC));
  const Offsets offsets;
  pid_t child = _Fork();
  if (child == 0) {
    syscall(SYS_dup3, out, STDOUT_FILENO, 0);
    syscall(SYS_dup3, err, STDERR_FILENO, 0);
    syscall(SYS_close, out);
    syscall(SYS_close, err);
    alarm(60);
    shared = writing;
    errno = error;
    return true;
  }
  note(call, child, out, err);
  offsets.restore();
  syscall(SYS_close, out);
  syscall(SYS_close, err);
  errno = before;
  on = true;
  return false;
}

template <class F> F next(const char *name) { return reinterpret_cast<F>(dlsym(RTLD_NEXT, name)); }

} // namespace

extern "C" {

void *malloc(size_t size) { return fails("malloc") ? nullptr : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails("malloc") ? nullptr : __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return fails("malloc") ? nullptr : __libc_realloc(block, size); }
void *memalign(size_t align, size_t size) { return fails("malloc") ? nullptr : __libc_memalign(align, size); }
void *aligned_alloc(size_t align, size_t size) { return fails("malloc") ? nullptr : __libc_memalign(align, size); }
int posix_memalign(void **block, size_t align, size_t size) {
  if (fails("malloc") || !(*block = __libc_memalign(align, size)))
    return ENOMEM;
  return 0;
}

#define REFUSABLE(result, name, parameters, arguments)                                                                 \
  result name parameters {                                                                                             \
    static auto real = next<result(*) parameters>(#name);                                                              \
    return fails(#name) ? result(-1) : real arguments;                                                                 \
  }
REFUSABLE(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size))
REFUSABLE(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
REFUSABLE(int, fsync, (int fd), (fd))
REFUSABLE(int, flock, (int fd, int how), (fd, how))
REFUSABLE(int, fchmod, (int fd, mode_t mode), (fd, mode))
REFUSABLE(int, unlink, (const char *file), (file))
REFUSABLE(int, access, (const char *file, int mode), (file, mode))
REFUSABLE(int, stat, (const char *file, struct stat *into), (file, into))
REFUSABLE(int, fstat, (int fd, struct stat *into), (fd, into))
REFUSABLE(ssize_t, readlink, (const char *file, char *to, size_t size), (file, to, size))

int stat64(const char *file, struct stat64 *into) { return stat(file, reinterpret_cast<struct stat *>(into)); }
int fstat64(int fd, struct stat64 *into) { return fstat(fd, reinterpret_cast<struct stat *>(into)); }

/// The file is closed even so, as on Linux.
int close(int fd) {
  static auto real = next<int (*)(int)>("close");
  if (!fails("close"))
    return real(fd);
  real(fd);
  errno = error;
  return -1;
}
int rename(const char *from, const char *to) {
  static auto real = next<int (*)(const char *, const char *)>("rename");
  if (shared)
    syscall(SYS_exit_group, 99);
  writing = false;
  return fails("rename") ? -1 : real(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  static auto real = next<int (*)(int, const char *, int, const char *, int)>("linkat");
  if (shared)
    syscall(SYS_exit_group, 99);
  return fails("linkat") ? -1 : real(a, from, b, to, flags);
}
int open(const char *file, int flags, ...) {
  static auto real = next<int (*)(const char *, int, ...)>("open");
  if ((flags & O_ACCMODE) != O_RDONLY)
    writing = true;
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return fails("open") ? -1 : real(file, flags, mode);
}
int open64(const char *file, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open(file, flags, mode);
}
void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
  static auto real = next<void *(*)(void *, size_t, int, int, int, off_t)>("mmap");
  return fails("mmap") ? MAP_FAILED : real(at, size, protection, flags, fd, offset);
}
int posix_fallocate(int fd, off_t offset, off_t size) {
  static auto real = next<int (*)(int, off_t, off_t)>("posix_fallocate");
  return fails("posix_fallocate") ? error : real(fd, offset, size);
}
DIR *opendir(const char *folder) {
  static auto real = next<DIR *(*)(const char *)>("opendir");
  return fails("opendir") ? nullptr : real(folder);
}
struct dirent *readdir(DIR *folder) {
  static auto real = next<dirent *(*)(DIR *)>("readdir");
  return fails("readdir") ? nullptr : real(folder);
}
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *), void *with) {
  static auto real = next<int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)>("pthread_create");
  return fails("pthread_create") ? error : real(thread, how, work, with);
}
}
