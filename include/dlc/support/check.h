// DLC_CHECK: the assertion for our own mistakes, kept in release builds.
// It is not for users' mistakes (Diags) nor for the world's (absl::Status): nobody can reach it from a text file.
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

/// What becomes of a failed check: called with the message on the thread that failed, perhaps on several at once. It
/// ends the process, or throws; what was being worked on must then not be used again. A handler that returns is
/// followed by std::abort(). Without one, the message is written to standard error first.
using CheckHandler = void (*)(llvm::StringRef message);
/// One for the whole process; null: none. The tool's writes a reproducer and leaves with exit code 70.
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
