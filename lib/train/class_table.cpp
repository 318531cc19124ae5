// Implements the table of PerClass.
// Columns are those of scikit-learn's classification_report.
#include "class_table.h"

#include "report_text.h"

#include "dlc/support/printable.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace dlc::train {

void printClassTable(llvm::raw_ostream &os, llvm::ArrayRef<ClassScore> classes, llvm::ArrayRef<std::string> names) {
  size_t width = 5;
  for (const std::string &name : names)
    width = std::max(width, displayWidth(name));
  auto row = [&](llvm::StringRef name, llvm::ArrayRef<std::string> cells) {
    os << "  " << padded(name.str(), width);
    for (const std::string &cell : cells)
      os << llvm::right_justify(cell, 11);
    os << '\n';
  };
  row("class", {"precision", "recall", "F1", "support"});
  for (size_t c = 0; c < classes.size(); ++c)
    row(names[c], {fixed(classes[c].precision(), 4), fixed(classes[c].recall(), 4), fixed(classes[c].f1(), 4),
                   std::to_string(classes[c].count)});
}

} // namespace dlc::train
