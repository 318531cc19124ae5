// The passes in the order in which `dlc passes` lists them, and one by its name.
// Each is a file of its own.
#include "dlc/passes/pass.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {

llvm::ArrayRef<const Pass *> allPasses() {
  static const std::vector<const Pass *> sorted = [] {
    std::vector<const Pass *> all(passesByName());
    llvm::stable_sort(all, [](const Pass *a, const Pass *b) {
      auto place = [](const Pass *pass) { return pass->onGraph ? 0 : pass->lower ? 1 : 2; };
      return place(a) < place(b);
    });
    return all;
  }();
  return sorted;
}

const Pass *findPass(llvm::StringRef name) {
  for (const Pass *pass : allPasses())
    if (pass->name == name)
      return pass;
  return nullptr;
}

} // namespace dlc
