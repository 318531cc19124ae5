// What happens when a DLC_CHECK fails: message, reproducer, exit code 70.
// It does not unwind and does not raise a signal: a user never sees an abort.
#include "dlc/support/check.h"

#include "dlc/support/last_words.h"

#include <utility>

namespace dlc {
namespace {
ReproducerHook &hook() {
  static ReproducerHook theHook;
  return theHook;
}
} // namespace

void setReproducerHook(ReproducerHook newHook) { hook() = std::move(newHook); }

CheckFailure::CheckFailure(const char *file, int line, const char *condition) : stream_(text_) {
  llvm::StringRef name(file);
  stream_ << name.substr(name.rfind('/') + 1) << ':' << line << ": check failed: " << condition << ' ';
}

CheckFailure::~CheckFailure() {
  llvm::errs() << "dlc: internal error: " << text_ << '\n';
  // The hook runs code of ours again; a second failure inside it must not recurse.
  if (ReproducerHook once = std::exchange(hook(), nullptr)) {
    std::string path = once(text_);
    if (!path.empty())
      llvm::errs() << "wrote " << path << ": please report this bug with that file\n";
  }
  llvm::outs().flush();
  llvm::errs().flush();
  endNow(70);
}

} // namespace dlc
