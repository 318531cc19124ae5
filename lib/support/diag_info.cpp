// The table of all diagnostics, made from diagnostics.def.
// It holds text only; diags.cpp reports and prints.
#include "dlc/support/diags.h"

namespace dlc {
namespace {

const DiagInfo kInfos[] = {
#define DLC_DIAG(code, title, exitCode, page) {code, title, exitCode, llvm::StringRef(page).trim('\n')},
#include "dlc/support/diagnostics.def"
#undef DLC_DIAG
};

} // namespace

llvm::ArrayRef<DiagInfo> allDiagInfos() { return kInfos; }

const DiagInfo *findDiagInfo(llvm::StringRef code) {
  for (const DiagInfo &info : kInfos)
    if (info.code.equals_insensitive(code))
      return &info;
  return nullptr;
}

} // namespace dlc
