// The key table as documentation, and the configuration of one run as text.
// Nothing is read here.
#include "dlc/support/strings.h"
#include "keys.h"

namespace dlc::dsl {

std::vector<KeyInfo> allKeys() {
  std::vector<KeyInfo> keys;
  for (const Key &key : keyTable()) {
    KeyInfo info{key.section, key.name, key.type, key.defaultText, key.doc, {}, key.words};
    llvm::SmallVector<llvm::StringRef, 4> aliases;
    key.aliases.split(aliases, ' ', -1, false);
    info.aliases.assign(aliases.begin(), aliases.end());
    keys.push_back(std::move(info));
  }
  return keys;
}

void printConfig(llvm::raw_ostream &os, const Settings &settings, const Sources &sources) {
  for (const ConstArg &constant : settings.constants)
    os << constant.name << " = " << spelling(constant.value) << "  # " << sources.where(constant.value.loc) << '\n';
  llvm::StringRef section;
  for (const Key &key : keyTable()) {
    if (key.name == "loss_weight")
      for (const OutputLoss &loss : settings.train.outputLosses)
        for (auto [name, at] : {std::pair("loss.", loss.loss.loc), std::pair("loss_weight.", loss.weight.loc)})
          if (at.isValid())
            os << name << loss.output << " = " << textOf(at) << "  # " << sources.where(at) << '\n';
    if (!key.state)
      continue;
    if (section != key.section)
      os << (section.empty() && settings.constants.empty() ? "" : "\n") << "[" << key.section << "]\n";
    section = key.section;
    auto [loc, from] = key.state(settings);
    std::string line = (key.name + " = ").str();
    line += from == From::Default ? key.defaultText.str() : textOf(loc).str();
    os << llvm::StringRef(line).split('\n').first;
    os.indent(line.size() < 40 ? static_cast<unsigned>(40 - line.size()) : 1) << "# ";
    if (from == From::Default)
      os << "default\n";
    else
      os << (from == From::CommandLine ? "command line, " : "") << sources.where(loc) << '\n';
  }
}

} // namespace dlc::dsl
