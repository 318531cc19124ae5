// What all fuzz targets begin with: a failed check ends in abort(), since libFuzzer keeps the input of a signal, not of
// an exit. Replaying the corpus does without it.
#include "dlc/support/check.h"

#include <cstdlib>

extern "C" int LLVMFuzzerInitialize(int *, char ***);
extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  dlc::setReproducerHook([](llvm::StringRef) -> std::string { std::abort(); });
  return 0;
}
