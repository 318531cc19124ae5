// Looks up the arguments of a Spec, and writes it.
// Defaults are those of whoever asks.
#include "dlc/signature/spec.h"

namespace dlc {

const Const *Spec::find(llvm::StringRef parameter) const {
  for (const ConstArg &arg : args)
    if (arg.name == parameter)
      return &arg.value;
  return nullptr;
}
double Spec::number(llvm::StringRef parameter, double otherwise) const {
  const Const *value = find(parameter);
  return value ? value->fraction() : otherwise;
}
llvm::StringRef Spec::text(llvm::StringRef parameter, llvm::StringRef otherwise) const {
  const Const *value = find(parameter);
  return value ? llvm::StringRef(value->text) : otherwise;
}

std::string spelling(const Spec &spec) {
  std::string text;
  size_t position = 0;
  bool byPosition = true; // as people write it: what must be given has no name
  for (const ConstArg &arg : spec.args) {
    byPosition &= position < spec.signature.size() && spec.signature[position].name == arg.name &&
                  spec.signature[position].defaultText.empty();
    if (byPosition && !spec.signature[position].repeated)
      ++position;
    text += text.empty() ? "(" : ", ";
    text += (byPosition ? "" : arg.name + "=") + spelling(arg.value);
  }
  return spec.name + text + (text.empty() ? "" : ")");
}

} // namespace dlc
