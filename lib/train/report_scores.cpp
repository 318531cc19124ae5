// Scores as plain text: one line of an epoch, and the page of an evaluation.
// No line of it is wider than a terminal of 80 columns, whatever classes are called and however many there are.
#include "report_text.h"

#include "dlc/support/printable.h"
#include "dlc/train/report.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace dlc::train {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kLongestName = 24; ///< of a class in a table; a longer one is cut

class Names {
public:
  Names(llvm::ArrayRef<std::string> given, size_t count) {
    for (size_t c = 0; c < count; ++c) {
      all.push_back(fitted(c < given.size() ? escaped(given[c]) : std::to_string(c), kLongestName));
      widest = std::max(widest, displayWidth(all.back()));
    }
  }
  size_t size() const { return all.size(); }
  const std::string &operator[](size_t c) const { return all[c]; }
  size_t width() const { return widest; }

private:
  std::vector<std::string> all;
  size_t widest = 0;
};

/// The share of each class that was found, in as many columns as there is room for.
void printClasses(llvm::raw_ostream &os, llvm::ArrayRef<ClassScore> classes, const Names &names) {
  constexpr size_t kBesideName = 13; // "  NAME: 100.00%  "
  const size_t perLine = std::max<size_t>(1, kColumns / (names.width() + kBesideName));
  for (size_t c = 0; c < classes.size(); ++c) {
    const std::string cell = "  " + names[c] + ": " + percentText(classes[c].recall());
    if ((c + 1) % perLine == 0 || c + 1 == classes.size())
      os << cell << '\n';
    else
      os << padded(cell, names.width() + kBesideName - 2);
  }
}

/// What PerClass asks for, in the columns of scikit-learn's classification_report.
void printClassTable(llvm::raw_ostream &os, llvm::ArrayRef<ClassScore> classes, const Names &names) {
  const size_t width = std::max<size_t>(names.width(), 5);
  auto row = [&](llvm::StringRef name, llvm::ArrayRef<std::string> cells) {
    os << "  " << padded(name, width);
    for (const std::string &cell : cells)
      os << padded(cell, 11, true);
    os << '\n';
  };
  row("class", {"precision", "recall", "F1", "support"});
  for (size_t c = 0; c < classes.size(); ++c)
    row(names[c], {fixed(classes[c].precision(), 4), fixed(classes[c].recall(), 4), fixed(classes[c].f1(), 4),
                   std::to_string(classes[c].count)});
}

/// Where the names of the classes make the table too wide, its columns have their numbers alone; where it is too wide
/// even so, it is printed piece by piece.
void printConfusion(llvm::raw_ostream &os, llvm::ArrayRef<int64_t> counts, const Names &names) {
  const size_t n = names.size();
  size_t digits = 1;
  for (int64_t count : counts)
    digits = std::max(digits, std::to_string(count).size());
  size_t cell = std::max({size_t{4}, digits, names.width()}) + 2;
  const bool numbered = 2 + names.width() + n * cell > kColumns;
  std::vector<std::string> rows, columns;
  const size_t numberWidth = std::to_string(n - 1).size();
  for (size_t c = 0; c < n; ++c) {
    const std::string number = std::to_string(c);
    rows.push_back(numbered && names[c] != number ? padded(number, numberWidth, true) + " " + names[c] : names[c]);
    columns.push_back(numbered ? number : names[c]);
  }
  if (numbered)
    cell = std::max(digits, numberWidth) + 2;
  size_t rowWidth = 0;
  for (const std::string &row : rows)
    rowWidth = std::max(rowWidth, displayWidth(row) + 2);
  const size_t perPiece = std::max<size_t>(1, (kColumns - rowWidth) / cell);
  os << "Confusion (rows: true, columns: predicted)\n";
  for (size_t begin = 0; begin < n; begin += perPiece) {
    const size_t end = std::min(n, begin + perPiece);
    os << (begin ? "\n" : "") << std::string(rowWidth, ' ');
    for (size_t p = begin; p < end; ++p)
      os << padded(columns[p], cell, true);
    os << '\n';
    for (size_t t = 0; t < n; ++t) {
      os << padded("  " + rows[t], rowWidth);
      for (size_t p = begin; p < end; ++p)
        os << padded(std::to_string(counts[t * n + p]), cell, true);
      os << '\n';
    }
  }
}

} // namespace

std::string scoreLine(const Scores &scores, llvm::StringRef prefix) {
  std::string text = prefix.str() + (prefix.empty() ? "Loss: " : "loss: ") + lossText(scores.loss);
  for (const Score &score : scores.metrics)
    text += " | " + prefix.str() + (prefix.empty() ? score.title : llvm::StringRef(score.title).lower()) + ": " +
            (score.percent ? percentText(score.value) : lossText(score.value));
  return text;
}

void printEvaluation(llvm::raw_ostream &os, const Scores &scores, llvm::ArrayRef<std::string> classNames) {
  if (scores.classes.empty() && scores.hits == 0 && !scores.find("accuracy")) {
    std::string line = "Overall loss: " + lossText(scores.loss);
    for (const Score &score : scores.metrics)
      line += " | " + score.title + ": " + lossText(score.value);
    os << wrapped(line + " (" + std::to_string(scores.count) + (scores.count == 1 ? " sample)" : " samples)"), kColumns)
       << '\n';
    return;
  }
  const double accuracy =
      scores.count ? static_cast<double>(scores.hits) / static_cast<double>(scores.count) : kUndefined;
  os << "Overall accuracy: " << percentText(accuracy) << " (" << scores.hits << '/' << scores.count << ")\n";
  for (const Score &score : scores.metrics)
    if (score.name != "accuracy")
      os << score.title << ": " << (score.percent ? percentText(score.value) : fixed(score.value, 4)) << '\n';
  const Names names(classNames, scores.classes.size());
  if (scores.perClass)
    printClassTable(os, scores.classes, names);
  else
    printClasses(os, scores.classes, names);
  if (!scores.confusion.empty())
    printConfusion(os, scores.confusion, names);
}

} // namespace dlc::train
