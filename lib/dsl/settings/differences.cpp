// Compares two settings key by key.
// What a difference means for a run is not said here.
#include "keys.h"
#include "written.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

/// An argument of a loss or an optimizer. Built-in words have no case, and a flag has three words.
static bool sameArgument(const ConstArg &a, const ConstArg &b) {
  if (!llvm::StringRef(a.name).equals_insensitive(b.name))
    return false;
  if (a.value.kind != Const::Kind::Word || b.value.kind != Const::Kind::Word)
    return a.value == b.value;
  auto word = [](const Const &value) {
    const std::string lower = llvm::StringRef(value.text).lower();
    return lower == "yes" || lower == "on" ? "true" : lower == "no" || lower == "off" ? "false" : lower;
  };
  return word(a.value) == word(b.value);
}

bool operator==(const Choice &a, const Choice &b) {
  return a.value.kind == b.value.kind && llvm::StringRef(a.value.text).equals_insensitive(b.value.text) &&
         llvm::equal(a.value.items, b.value.items, sameArgument);
}

std::vector<Difference> differences(const Settings &before, const Settings &now) {
  std::vector<Difference> found;
  for (const Key &key : keyTable())
    if (!key.same(before, now))
      found.push_back(
          {(key.section + "." + key.name).str(), valueText(key, before), valueText(key, now), key.state(now).first});
  // What is said of single outputs, by either.
  std::vector<llvm::StringRef> outputs;
  for (const Settings *settings : {&before, &now})
    for (const OutputLoss &part : settings->train.outputLosses)
      if (!llvm::is_contained(outputs, part.output))
        outputs.push_back(part.output);
  for (llvm::StringRef output : outputs) {
    const OutputLoss none, *old = before.lossOf(output), *part = now.lossOf(output);
    auto compare = [&](llvm::StringRef key, auto OutputLoss::*member) {
      const auto &a = (old ? old : &none)->*member, &b = (part ? part : &none)->*member;
      if (a.given() == b.given() && a.value == b.value)
        return;
      auto text = [](const auto &setting) { return setting.given() ? written(setting.value) : "none"; };
      found.push_back({("train." + key + "." + output).str(), text(a), text(b), b.loc});
    };
    compare("loss", &OutputLoss::loss);
    compare("loss_weight", &OutputLoss::weight);
  }
  return found;
}

} // namespace dlc::dsl
