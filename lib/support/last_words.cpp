// Last words go out by write() alone, and temporaries are known by a fixed number of pointers to their names.
// Both may be needed inside a signal handler, or when there is no memory left.
#include "dlc/support/last_words.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <new>
#include <unistd.h>

namespace dlc {
namespace {

std::atomic<bool> inJson = false;
std::array<std::atomic<const char *>, 8> pending;

} // namespace

void setLastWordsInJson(bool on) noexcept { inJson = on; }

void sayNow(const char *severity, const char *words) noexcept {
  char line[512];
  size_t used = 0;
  auto add = [&](const char *text) {
    size_t count = std::min(std::strlen(text), sizeof line - used);
    std::memcpy(line + used, text, count);
    used += count;
  };
  if (inJson) {
    for (const char *text :
         {R"({"v":1,"event":"diagnostic","severity":")", severity, R"(","message":")", words, "\"}\n"})
      add(text);
  } else {
    for (const char *text : {"dlc: ", severity, ": ", words, "\n"})
      add(text);
  }
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, line, used);
}

void endNow(int code, const char *reason) noexcept {
  if (reason)
    sayNow("error", reason);
  for (std::atomic<const char *> &name : pending)
    if (const char *file = name.exchange(nullptr))
      ::unlink(file);
  ::_exit(code);
}

void allocationFailed() {
  if (std::new_handler handler = std::get_new_handler())
    handler();
  throw std::bad_alloc();
}

PendingFile::PendingFile(const std::string &name) noexcept {
  for (size_t i = 0; i < pending.size() && slot_ < 0; ++i) {
    const char *nothing = nullptr;
    if (pending[i].compare_exchange_strong(nothing, name.c_str()))
      slot_ = static_cast<int>(i);
  }
}

PendingFile::~PendingFile() { settled(); }

void PendingFile::settled() noexcept {
  if (slot_ >= 0)
    pending[static_cast<size_t>(slot_)] = nullptr;
  slot_ = -1;
}

} // namespace dlc
