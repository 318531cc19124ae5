// Patterns over the names of parameters, and which parameters a run leaves alone.
// Whether a pattern names anything at all is the caller's question.
#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"

#include "llvm/Support/GlobPattern.h"

namespace dlc {

bool matchesName(llvm::StringRef name, llvm::StringRef pattern) {
  llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(pattern.trim());
  if (!glob) {
    llvm::consumeError(glob.takeError());
    return false;
  }
  for (size_t end = name.find('.'); end != llvm::StringRef::npos; end = name.find('.', end + 1))
    if (glob->match(name.take_front(end)))
      return true;
  return glob->match(name);
}

// The last pattern that means a parameter counts; one with a '!' before it says that it is not frozen.
bool isFrozen(llvm::StringRef name, llvm::StringRef frozen) {
  bool result = false;
  while (!frozen.empty()) {
    auto [pattern, rest] = frozen.split(',');
    frozen = rest;
    pattern = pattern.trim();
    const bool thaws = pattern.consume_front("!");
    if (matchesName(name, pattern))
      result = !thaws;
  }
  return result;
}

} // namespace dlc
