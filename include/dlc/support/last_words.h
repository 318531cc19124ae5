// Ending the process at once, from any place: an allocation that failed, a signal, another thread.
// Nothing here allocates, locks or unwinds; what can be handed back in good order is an absl::Status or a diagnostic.
#pragma once

#include <string>

namespace dlc {

/// From now on last words are `diagnostic` objects, as everything else on standard error of a run with --json.
void setLastWordsInJson(bool on) noexcept;

/// Writes "dlc: <severity>: <words>" and a newline to standard error. Safe in a signal handler; `words` need no
/// escaping in JSON.
void sayNow(const char *severity, const char *words) noexcept;

/// Says `reason` as an error unless it is null, removes the temporaries of files that are being written, and ends the
/// process with `code`. Safe in a signal handler.
[[noreturn]] void endNow(int code, const char *reason = nullptr) noexcept;

/// What an allocator of ours does when it gets nothing: as operator new, it asks the new-handler, then throws
/// std::bad_alloc. A program that installs no handler (a library's user) can catch that.
[[noreturn]] void allocationFailed();

/// While it lives, endNow() removes the file. The name must not move; at most a few live at a time, and further ones
/// are not known to endNow().
class PendingFile {
public:
  explicit PendingFile(const std::string &name) noexcept;
  ~PendingFile();
  PendingFile(const PendingFile &) = delete;
  PendingFile &operator=(const PendingFile &) = delete;
  /// It has got its place, or is gone already.
  void settled() noexcept;

private:
  int slot_ = -1;
};

} // namespace dlc
