// The list of known ops, sorted, with look-up by mnemonic and by language name.
// It is a value that is handed around; nothing here is global.
#include "dlc/ir/op_def.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {

Registry::Registry(llvm::ArrayRef<const OpDef *> defs) {
  for (const OpDef *def : defs) {
    defs_.push_back(def);
    defs_.append(def->also.begin(), def->also.end());
  }
  llvm::sort(defs_, [](const OpDef *a, const OpDef *b) { return a->name < b->name; });
  for (size_t i = 1; i < defs_.size(); ++i)
    DLC_CHECK(defs_[i - 1]->name != defs_[i]->name) << "two ops are called " << defs_[i]->name;
}

const OpDef *Registry::find(llvm::StringRef mnemonic) const {
  auto it = llvm::lower_bound(defs_, mnemonic, [](const OpDef *def, llvm::StringRef m) { return def->name < m; });
  return it != defs_.end() && (*it)->name == mnemonic ? *it : nullptr;
}

const OpDef *Registry::findLayer(llvm::StringRef name, Role role) const {
  auto it =
      llvm::find_if(defs_, [&](const OpDef *def) { return def->role == role && def->layer.equals_insensitive(name); });
  return it == defs_.end() ? nullptr : *it;
}

} // namespace dlc
