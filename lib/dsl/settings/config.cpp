// The key table as documentation, and the configuration of one run as text.
// Nothing is read here.
#include "dlc/support/strings.h"
#include "key_search.h"
#include "written.h"

namespace dlc::dsl {

std::vector<KeyInfo> allKeys() {
  std::vector<KeyInfo> keys;
  for (const Key &key : keyTable()) {
    const auto aliases = aliasesOf(key);
    keys.push_back(
        {key.section, key.name, key.type, key.defaultText, key.doc, {aliases.begin(), aliases.end()}, key.words});
  }
  return keys;
}

/// The argument of the optimizer's call that says what a key would say.
static const ConstArg *saidByOptimizer(const Key &key, const Settings &settings) {
  const Const &optimizer = settings.train.optimizer.value.value;
  if (key.section != "train" || optimizer.kind != Const::Kind::Call)
    return nullptr;
  for (const ConstArg &arg : optimizer.items)
    if (key.name.equals_insensitive(arg.name))
      return &arg;
  return nullptr;
}

/// The default of epochs does not hold where steps are given, and beside them it may not be written.
static bool isExcluded(const Key &key, const Settings &settings) {
  return key.section == "train" && key.name == "epochs" && settings.train.steps.given();
}

std::vector<ConfigRow> configRows(const Settings &settings, const Sources &sources) {
  std::vector<ConfigRow> rows;
  auto add = [&](llvm::StringRef section, const std::string &name, std::string value, Loc loc, From from) {
    std::string where = from == From::Default ? "" : sources.where(loc);
    rows.push_back({section.str(), name, std::move(value), from, std::move(where)});
  };
  for (const ConstArg &constant : settings.constants)
    add("", constant.name, spelling(constant.value), constant.value.loc, From::File);
  for (const Key &key : keyTable()) {
    if (key.name == "loss_weight")
      for (const OutputLoss &part : settings.train.outputLosses) {
        if (part.loss.given())
          add(key.section, "loss." + part.output, written(part.loss.value), part.loss.loc, part.loss.from);
        if (part.weight.given())
          add(key.section, "loss_weight." + part.output, written(part.weight.value), part.weight.loc, part.weight.from);
      }
    auto [loc, from] = key.state(settings);
    if (const ConstArg *arg = from == From::Default ? saidByOptimizer(key, settings) : nullptr) {
      add(key.section, key.name.str(), spelling(arg->value), arg->value.loc, settings.train.optimizer.from);
      rows.back().isValue = false;
      continue;
    }
    add(key.section, key.name.str(), valueText(key, settings), loc, from);
    rows.back().isValue = from != From::Default || !(key.hasWordyDefault() || isExcluded(key, settings));
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
    const std::string line = (row.isValue ? "" : "# ") + row.name + " = " + row.value;
    os << line;
    os.indent(line.size() < 40 ? static_cast<unsigned>(40 - line.size()) : 1) << "# ";
    if (row.from == From::Default)
      os << "default\n";
    else
      os << (row.from == From::CommandLine ? "command line, " : "") << row.where << '\n';
  }
}

} // namespace dlc::dsl
