// What happens when a DLC_CHECK fails: the message goes to the handler that the program has set.
// A library has no business with files and exit codes; those are the handler's.
#include "dlc/support/check.h"

#include <atomic>
#include <cstdlib>

namespace dlc {
namespace {
std::atomic<CheckHandler> theHandler = nullptr;
} // namespace

void setCheckHandler(CheckHandler handler) { theHandler = handler; }

CheckFailure::CheckFailure(const char *file, int line, const char *condition) : stream_(text_) {
  llvm::StringRef name(file);
  stream_ << name.substr(name.rfind('/') + 1) << ':' << line << ": check failed: " << condition << ' ';
}

CheckFailure::~CheckFailure() noexcept(false) {
  if (CheckHandler handler = theHandler)
    handler(text_);
  else
    llvm::errs() << "dlc: internal error: " << text_ << '\n';
  std::abort();
}

} // namespace dlc
