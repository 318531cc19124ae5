// Checks a table's header against the columns the net was trained with.
// It ignores tables without names and never reorders columns.
#include "csv_table.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace dlc::data {
namespace {

using Names = std::vector<llvm::StringRef>;
constexpr size_t kMost = 8; // names in one message

/// Names of `from` that are not in `without`, in order; of doubled ones those that are too many.
Names difference(const Names &from, Names without) {
  Names left;
  for (llvm::StringRef name : from)
    if (auto it = llvm::find(without, name); it != without.end())
      without.erase(it);
    else
      left.push_back(name);
  return left;
}

/// "'a' and 'b' are missing"
std::string said(const Names &names, llvm::StringRef what) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i)
    text += (i == 0 ? "'" : i + 1 == names.size() ? " and '" : ", '") + names[i].str() + "'";
  if (names.size() > kMost)
    text += " and " + std::to_string(names.size() - kMost) + " more";
  return text + (names.size() == 1 ? " is " : " are ") + what.str();
}

/// A name as it may stand in columns=[...].
std::string spelled(llvm::StringRef name) {
  bool word = !name.empty() && llvm::isAlpha(name.front()) &&
              llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
  return word ? name.str() : "\"" + name.str() + "\"";
}
std::string listed(const Names &names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i)
    text += (i ? ", " : "") + spelled(names[i]);
  return text + (names.size() > kMost ? ", ..." : "");
}

} // namespace

Checked checkNames(TextFile file, const CsvLayout &layout, llvm::ArrayRef<size_t> features, std::optional<size_t> label,
                   const CsvOptions &options) {
  if (layout.names.empty() || options.columnNames.empty())
    return allGood();
  Names wanted(options.columnNames.begin(), options.columnNames.end()), have;
  for (size_t column : features)
    have.push_back(layout.names[column]);
  if (have == wanted)
    return allGood();

  Names missing = difference(wanted, have), unexpected = difference(have, wanted), labels;
  if (auto it = label ? llvm::find(missing, llvm::StringRef(layout.names[*label])) : missing.end();
      it != missing.end()) {
    labels.push_back(*it);
    missing.erase(it);
  }
  std::string message;
  for (const auto &[names, what] : {std::pair(&missing, "missing"), std::pair(&labels, "treated as the label"),
                                    std::pair(&unexpected, "unexpected")})
    if (!names->empty())
      message += (message.empty() ? "" : ", ") + said(*names, what);
  if (!message.empty()) {
    message = "the columns differ from training: " + message;
  } else {
    size_t at =
        static_cast<size_t>(std::mismatch(have.begin(), have.end(), wanted.begin(), wanted.end()).first - have.begin());
    message = "the columns are not in the order of training: '" + have[at].str() + "' is where '" + wanted[at].str() +
              "' was";
  }
  std::string help;
  const auto isTarget = [&](llvm::StringRef name) { return llvm::is_contained(options.targetNames, name); };
  if (!unexpected.empty() && missing.empty() && options.targets.empty() && llvm::all_of(unexpected, isTarget))
    help = "as in training, write Csv(..., label=[" + listed({options.targetNames.begin(), options.targetNames.end()}) +
           "])";
  else if (!labels.empty() && !options.labelMayLack && unexpected.size() == 1)
    help = "if '" + unexpected[0].str() + "' is the label, say so: Csv(..., label=" + spelled(unexpected[0]) + ")";
  else if (missing.size() == 1 && unexpected.size() == 1 && !closest(unexpected[0], missing).empty())
    help = "is '" + unexpected[0].str() + "' another spelling of '" + missing[0].str() + "'?";
  else if (missing.empty())
    help = "Csv(..., columns=[" + listed(wanted) + "]) selects columns by name, wherever they are";
  else
    help = "training had " + listed(wanted) + ", in this order";

  CsvScanner scanner(file.bytes, layout.dialect);
  scanner.beginRow();
  return Trouble{.code = "E302",
                 .message = message,
                 .place = scanner.rowPlace(file.name, scanner.position(), scanner.line()),
                 .help = help};
}

} // namespace dlc::data
