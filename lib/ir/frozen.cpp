// Which parameters a run leaves alone: patterns with * and ? over their names.
// Whether a pattern names anything at all is the caller's question.
#include "dlc/ir/op_attrs.h"

#include "llvm/Support/GlobPattern.h"

namespace dlc {

bool isFrozen(llvm::StringRef name, llvm::StringRef frozen) {
  while (!frozen.empty()) {
    auto [pattern, rest] = frozen.split(',');
    frozen = rest;
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(pattern.trim());
    if (!glob) {
      llvm::consumeError(glob.takeError());
      continue;
    }
    if (glob->match(name))
      return true;
  }
  return false;
}

} // namespace dlc
