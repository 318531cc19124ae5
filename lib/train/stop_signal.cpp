// The handlers do nothing but remember; everything else happens in the loop.
// A second request ends the process at once: nothing is half written, because files are renamed into place.
#include "dlc/train/stop_signal.h"

#include <csignal>
#include <initializer_list>
#include <unistd.h>

namespace dlc::train {
namespace {

volatile std::sig_atomic_t stopRequested = 0, saveRequested = 0;

extern "C" void onStop(int signal) {
  if (stopRequested)
    _exit(128 + signal);
  stopRequested = signal;
}
extern "C" void onSave(int) { saveRequested = 1; }

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

} // namespace

StopSignal::StopSignal() {
  stopRequested = 0;
  saveRequested = 0;
  handle(SIGINT, onStop);
  handle(SIGTERM, onStop);
  handle(SIGHUP, onSave);
}

StopSignal::~StopSignal() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    handle(signal, SIG_DFL);
}

int StopSignal::stop() const { return stopRequested; }

bool StopSignal::save() {
  bool asked = saveRequested;
  saveRequested = 0;
  return asked;
}

} // namespace dlc::train
