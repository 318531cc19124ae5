// Handlers end the process by endNow(), which needs neither memory nor an unwound stack.
// Signals that were ignored when the process started stay ignored.
#include "last_resort.h"

#include "exit_codes.h"

#include "dlc/support/check.h"
#include "dlc/support/last_words.h"
#include "dlc/support/machine.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <new>
#include <pthread.h>
#include <stdexcept>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace dlc::tool {
namespace {

[[noreturn]] void outOfMemory() { endNow(kSystemError, "out of memory"); }

/// An exception that left main(), or a thread.
[[noreturn]] void onTerminate() {
  if (std::exception_ptr thrown = std::current_exception())
    try {
      std::rethrow_exception(thrown);
    } catch (const std::bad_alloc &) {
      outOfMemory();
    } catch (const std::length_error &) { // a container beyond the address space
      outOfMemory();
    } catch (const std::system_error &refused) {
      endNow(kSystemError, refused.what());
    } catch (const std::exception &other) {
      DLC_CHECK(false) << "uncaught exception: " << other.what();
    } catch (...) {
    }
  DLC_CHECK(false) << "terminated";
  std::abort(); // not reached
}

extern "C" void endAtCpuLimit(int) { endNow(kTerminated, "the CPU time limit (ulimit -t) is reached"); }

bool isIgnored(int signal) {
  struct sigaction action;
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// SIGXCPU comes at the soft limit of CPU time. Where only the hard limit is left, which kills, it comes a little
/// before.
void heedCpuLimit() {
  if (isIgnored(SIGXCPU))
    return;
  std::signal(SIGXCPU, endAtCpuLimit);
  struct rlimit limit;
  if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_max == RLIM_INFINITY || limit.rlim_cur < limit.rlim_max)
    return;
  const double hard = static_cast<double>(limit.rlim_max), before = hard - std::min(5.0, hard / 5);
  struct sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGXCPU;
  timer_t timer;
  if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) != 0)
    return;
  struct itimerspec when = {};
  when.it_value.tv_sec = static_cast<time_t>(before);
  when.it_value.tv_nsec = static_cast<long>((before - static_cast<double>(when.it_value.tv_sec)) * 1e9);
  timer_settime(timer, TIMER_ABSTIME, &when, nullptr);
}

/// A stream that was closed stays so, but its number is taken: it would be that of the next file, which would then get
/// what is meant for the stream.
void holdStandardStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) < 0)
      (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

constexpr size_t kEnoughStack = size_t{8} << 20, kLeastStack = size_t{2} << 20;

/// Threads get a stack within reason, whatever the limit of the main one is.
void giveThreadsStacks() {
#if defined(__GLIBC__)
  pthread_attr_t attributes;
  if (pthread_getattr_default_np(&attributes) != 0)
    return;
  size_t size = 0;
  pthread_attr_getstacksize(&attributes, &size);
  if (pthread_attr_setstacksize(&attributes, std::clamp(size, kLeastStack, kEnoughStack)) == 0)
    pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
#endif
}

/// Before anything else of the program is constructed: globals take memory, too.
[[gnu::constructor(101)]] void heedMemory() {
  std::set_new_handler(outOfMemory);
  std::set_terminate(onTerminate);
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { outOfMemory(); });
}

} // namespace

void takeLastResorts() {
  holdStandardStreams();
  llvm::install_fatal_error_handler([](void *, const char *reason, bool) { DLC_CHECK(false) << reason; });
  // A reader that goes away, and a file beyond its limit (ulimit -f), show as errors of the next write.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  heedCpuLimit();
  giveThreadsStacks();
}

int onEnoughStack(llvm::function_ref<int()> work) {
  // The stack of the main thread grows up to the limit of the moment, so raising that is enough where it may be raised.
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kLeastStack)
    return work();
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? kEnoughStack : std::min<rlim_t>(limit.rlim_max, kEnoughStack);
  if (setrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= kLeastStack)
    return work();
  int result = kDone;
  std::thread thread;
  if (std::error_code refused = startThread(thread, [&] { result = work(); }))
    endNow(kSystemError, "no stack: neither the limit (ulimit -s) nor another thread gives one of 2 MiB");
  thread.join();
  return result;
}

} // namespace dlc::tool
