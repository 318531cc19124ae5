// DLC_CHECK: the assertion for our own mistakes, kept in release builds.
// It is not for user errors (Diags) or system errors (absl::Status): no text file may trigger it.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <string>

namespace dlc {

/// Collects the message of a failed check; its destructor hands it to the handler.
class CheckFailure {
public:
  CheckFailure(const char *file, int line, const char *condition);
  CheckFailure(const CheckFailure &) = delete;
  CheckFailure &operator=(const CheckFailure &) = delete;
  [[noreturn]] ~CheckFailure() noexcept(false);
  llvm::raw_ostream &stream() { return stream_; }

private:
  std::string text_;
  llvm::raw_string_ostream stream_;
};

/// Handles a failed check: called with the message on the failing thread, possibly on several at once. It must end the
/// process or throw; the objects in use must then not be used again. If it returns, std::abort() follows. Without a
/// handler, the message is written to standard error first.
using CheckHandler = void (*)(llvm::StringRef message);
/// One per process; null: none. The tool's handler writes a reproducer and exits with code 70.
void setCheckHandler(CheckHandler handler);

namespace detail {
/// Gives both branches of DLC_CHECK the type void; binds looser than << and tighter than ?:.
struct Void {
  void operator&(llvm::raw_ostream &) const {}
};
} // namespace detail

} // namespace dlc

#define DLC_CHECK(condition)                                                                                           \
  (condition) ? static_cast<void>(0)                                                                                   \
              : ::dlc::detail::Void() & ::dlc::CheckFailure(__FILE__, __LINE__, #condition).stream()
