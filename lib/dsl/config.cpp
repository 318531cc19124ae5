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

std::vector<ConfigRow> configRows(const Settings &settings, const Sources &sources) {
  std::vector<ConfigRow> rows;
  for (const ConstArg &constant : settings.constants)
    rows.push_back({"", constant.name, spelling(constant.value), From::File, sources.where(constant.value.loc)});
  for (const Key &key : keyTable()) {
    if (key.name == "loss_weight")
      for (const OutputLoss &loss : settings.train.outputLosses)
        for (auto [name, at] : {std::pair("loss.", loss.loss.loc), std::pair("loss_weight.", loss.weight.loc)})
          if (at.isValid())
            rows.push_back({key.section.str(), name + loss.output, textOf(at).str(), From::File, sources.where(at)});
    if (!key.state)
      continue;
    auto [loc, from] = key.state(settings);
    const bool byDefault = from == From::Default;
    rows.push_back({key.section.str(), key.name.str(), byDefault ? key.defaultText.str() : textOf(loc).str(), from,
                    byDefault ? "" : sources.where(loc)});
  }
  return rows;
}

void printConfig(llvm::raw_ostream &os, const Settings &settings, const Sources &sources) {
  llvm::StringRef section;
  const std::vector<ConfigRow> rows = configRows(settings, sources);
  for (const ConfigRow &row : rows) {
    if (section != row.section)
      os << (&row == rows.data() ? "" : "\n") << "[" << row.section << "]\n";
    section = row.section;
    std::string line = row.name + " = " + row.value;
    os << llvm::StringRef(line).split('\n').first;
    os.indent(line.size() < 40 ? static_cast<unsigned>(40 - line.size()) : 1) << "# ";
    if (row.from == From::Default)
      os << "default\n";
    else
      os << (row.from == From::CommandLine ? "command line, " : "") << row.where << '\n';
  }
}

} // namespace dlc::dsl
