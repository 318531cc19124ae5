// How an initialiser is found, and how it is read where it is written: He, Uniform(0.1).
// Each is defined in a file of its own, init_*.cpp.
#include "dlc/signature/bind.h"
#include "dlc/signature/initialiser.h"
#include "dlc/signature/value_reader.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc {

const InitialiserDef *findInitialiser(llvm::StringRef name) {
  for (const InitialiserDef *def : allInitialisers())
    if (def->name.equals_insensitive(name))
      return def;
  return nullptr;
}

std::optional<std::string> ValueReader::init(const Const &value, llvm::StringRef what) const {
  const bool named = value.kind == Const::Kind::Word || value.kind == Const::Kind::Call;
  if (const InitialiserDef *def = named ? findInitialiser(value.text) : nullptr) {
    DLC_TRY(auto spec, bindCall(*this, {def->name, def->doc, def->args}, value, value.loc));
    std::string text = def->name.str();
    for (const ArgSpec &arg : def->args)
      text += "(" + shortNumber(spec.number(arg.name, 0)) + ")";
    return text;
  }
  llvm::SmallVector<llvm::StringRef> names;
  for (const InitialiserDef *def : allInitialisers())
    names.push_back(def->name);
  const std::string advice = named ? adviceOnWord(value.text, names) : "";
  if (advice.empty() && mayBeMissing(value))
    return std::nullopt;
  auto d = diags.error(value.loc, "E209");
  d << what << " takes an initialiser (" << llvm::join(names, ", ") << "), found " << describe(value);
  if (!advice.empty())
    d.help(advice);
  return std::nullopt;
}

} // namespace dlc
