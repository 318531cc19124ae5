// The initialisers: their names and arguments, and how one is read.
// Which numbers they give is decided in train/init.cpp.

#include "dlc/signature/value_reader.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc {

namespace {

struct Initialiser {
  llvm::StringLiteral name;
  llvm::StringLiteral argument; ///< "" for none
  NumberRange range;
};
constexpr NumberRange kPositive{0, 1e300, true, false, false};
constexpr Initialiser kInitialisers[] = {
    {"He", "", {}},    {"HeNormal", "", {}},        {"Xavier", "", {}},          {"XavierNormal", "", {}},
    {"Torch", "", {}}, {"Uniform", "r", kPositive}, {"Normal", "sd", kPositive}, {"Constant", "v", {}}};

} // namespace

llvm::ArrayRef<llvm::StringLiteral> initialiserNames() {
  static const std::vector<llvm::StringLiteral> names = [] {
    std::vector<llvm::StringLiteral> all;
    for (const Initialiser &row : kInitialisers)
      all.push_back(row.name);
    return all;
  }();
  return names;
}

std::optional<std::string> ValueReader::init(const Const &value, llvm::StringRef what) const {
  const bool named = value.kind == Const::Kind::Word || value.kind == Const::Kind::Call;
  llvm::SmallVector<llvm::StringRef> names;
  for (const Initialiser &row : kInitialisers) {
    names.push_back(row.name);
    if (!named || !row.name.equals_insensitive(value.text))
      continue;
    if (row.argument.empty()) {
      if (value.items.empty())
        return row.name.str();
      diags.error(value.items.front().value.loc, "E251") << row.name << " takes no arguments";
      return std::nullopt;
    }
    const bool fits = value.items.size() == 1 && (value.items[0].name.empty() || value.items[0].name == row.argument);
    if (!fits) {
      diags.error(value.loc, "E251") << row.name << " takes one argument: " << row.name << "(" << row.argument << ")";
      return std::nullopt;
    }
    DLC_TRY(auto number, this->number(value.items[0].value, row.range, (row.name + "(" + row.argument + ")").str()));
    return (row.name + "(" + shortNumber(number) + ")").str();
  }
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
