// The version is handed over by CMake.
// Nothing else of the build is known to the program.
#include "dlc/support/version.h"

namespace dlc {

llvm::StringRef version() { return DLC_VERSION; }

} // namespace dlc
