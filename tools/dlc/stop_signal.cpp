// The handlers do nothing but remember; everything else happens in the loop.
// A second request ends the process at once: nothing is half written, because files are renamed into place.
#include "stop_signal.h"

#include "dlc/support/last_words.h"

#include <csignal>
#include <iterator>

namespace dlc::tool {
namespace {

volatile std::sig_atomic_t stopRequested = 0, saveRequested = 0;

extern "C" void onStop(int signal) {
  if (stopRequested)
    endNow(128 + signal);
  stopRequested = signal;
}

/// The system repeats the signal every second: that is nobody's second request.
extern "C" void onCpuLimit(int) {
  if (stopRequested)
    return;
  stopRequested = SIGTERM;
  sayNow("warning", "the CPU time limit (ulimit -t) is reached: the run stops after this step");
}

extern "C" void onSave(int) { saveRequested = 1; }

struct Taken {
  int signal;
  void (*handler)(int);
};
constexpr Taken kTaken[] = {{SIGINT, onStop}, {SIGTERM, onStop}, {SIGXCPU, onCpuLimit}, {SIGHUP, onSave}};

} // namespace

StopSignal::StopSignal() {
  static_assert(std::size(kTaken) == kSignals);
  stopRequested = 0;
  saveRequested = 0;
  for (size_t i = 0; i < kSignals; ++i) {
    sigaction(kTaken[i].signal, nullptr, &before_[i]);
    if (before_[i].sa_handler == SIG_IGN) // nohup, or a job in the background: somebody wants it to be ignored
      continue;
    struct sigaction action = {};
    action.sa_handler = kTaken[i].handler;
    action.sa_flags = SA_RESTART;
    sigaction(kTaken[i].signal, &action, nullptr);
  }
}

StopSignal::~StopSignal() {
  for (size_t i = 0; i < kSignals; ++i)
    sigaction(kTaken[i].signal, &before_[i], nullptr);
}

int StopSignal::stop() const { return stopRequested; }

bool StopSignal::save() {
  bool asked = saveRequested;
  saveRequested = 0;
  return asked;
}

} // namespace dlc::tool
