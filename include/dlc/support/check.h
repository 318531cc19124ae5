// DLC_CHECK: the assertion for our own mistakes, kept in release builds.
// It is not for users' mistakes (Diags) nor for the world's (absl::Status): nobody can reach it from a text file.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <string>

namespace dlc {

/// Collects the message of a failed check; its destructor reports it and ends the process with exit code 70.
class CheckFailure {
public:
  CheckFailure(const char *file, int line, const char *condition);
  CheckFailure(const CheckFailure &) = delete;
  CheckFailure &operator=(const CheckFailure &) = delete;
  [[noreturn]] ~CheckFailure();
  llvm::raw_ostream &stream() { return stream_; }

private:
  std::string text_;
  llvm::raw_string_ostream stream_;
};

/// Called once with the message before the process ends; returns the name of the reproducer file it wrote, or "".
/// The tool sets it, so that every internal failure leaves a file that repeats it.
using ReproducerHook = std::function<std::string(llvm::StringRef message)>;
void setReproducerHook(ReproducerHook hook);

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
