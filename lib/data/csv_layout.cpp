// Separator, header and columns of a table, from its first two rows.
// It keeps no cells except the names in the header.
#include "csv_table.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace dlc::data {
namespace {

std::vector<std::string> takeRow(CsvScanner &scanner) {
  std::vector<std::string> cells;
  do
    cells.push_back(scanner.cell().text.str());
  while (!scanner.rowEnded());
  return cells;
}

bool isWhole(llvm::StringRef text) {
  return !text.empty() && llvm::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
bool isName(llvm::StringRef text, char decimal) { return !isMissing(text) && !cellNumber(text, decimal); }

/// `150,4,setosa,versicolor,virginica`: how many samples, how many features, and the names of the classes that the
/// labels count. `1,2,y` above three columns numbers them, and with header=yes a name for each column is what it says.
bool isCountedHeader(llvm::ArrayRef<std::string> first, llvm::ArrayRef<std::string> second, const CsvOptions &options) {
  const char decimal = options.decimal;
  if (first.size() < 3)
    return false;
  if (first.size() == second.size() &&
      (options.header == CsvOptions::Header::Yes || (first[0] == "1" && first[1] == "2")))
    return false;
  uint64_t features;
  return isWhole(first[0]) && isWhole(first[1]) && !llvm::StringRef(first[1]).getAsInteger(10, features) &&
         features + 1 == second.size() && isWhole(second.back()) &&
         llvm::all_of(first.drop_front(2), [&](llvm::StringRef cell) { return isName(cell, decimal); });
}

bool hasNameOverNumber(llvm::ArrayRef<std::string> first, llvm::ArrayRef<std::string> second, char decimal) {
  return llvm::any_of(llvm::zip(first, second), [&](const auto &pair) {
    return isName(std::get<0>(pair), decimal) && cellNumber(std::get<1>(pair), decimal);
  });
}

/// Whether the numbers in a first row may be names: each its column's number, from 0 or from 1, or several that count
/// the columns behind others (`label,0,1,2`). So a typing mistake in the first row of a table without a header is not
/// taken for a name.
bool numbersCountColumns(llvm::ArrayRef<std::string> first, char decimal) {
  std::optional<uint64_t> ahead; // of their columns, modulo 2^64
  bool several = false;
  for (const auto &[c, cell] : llvm::enumerate(first)) {
    if (isName(cell, decimal) || isMissing(cell))
      continue;
    uint64_t number;
    if (!isWhole(cell) || llvm::StringRef(cell).getAsInteger(10, number) || (ahead && *ahead != number - c))
      return false;
    several = ahead.has_value();
    ahead = number - c;
  }
  return !ahead || *ahead <= 1 || several;
}

} // namespace

std::string CsvLayout::columnText(size_t column) const {
  return column < names.size() && !names[column].empty() ? "'" + names[column] + "'" : std::to_string(column + 1);
}

Fallible<CsvLayout> readLayout(TextFile file, const CsvOptions &options) {
  if (file.bytes.starts_with("\xff\xfe") || file.bytes.starts_with("\xfe\xff"))
    return Trouble{.code = "E302",
                   .message = "the file is text in UTF-16",
                   .place = {.file = file.name.str()},
                   .help = "save it as UTF-8"};
  if (!file.bytes.contains('\n') && file.bytes.rtrim('\r').contains('\r'))
    return Trouble{.code = "E302",
                   .message = "the lines end with carriage returns only",
                   .place = {.file = file.name.str()},
                   .help = "save the file with line feeds (LF or CRLF)"};
  CsvLayout layout;
  const char decimal = options.decimal;
  layout.dialect = {options.separator, decimal, options.comment};
  if (!options.separator)
    layout.dialect.separator = guessSeparator(file.bytes, layout.dialect);
  CsvScanner scanner(file.bytes, layout.dialect);
  if (!scanner.beginRow())
    return Trouble{.code = "E302", .message = "the file is empty", .place = {.file = file.name.str()}};
  const char *firstBegin = scanner.position();
  uint64_t firstLine = scanner.line();
  std::vector<std::string> first = takeRow(scanner), second;
  const char *secondBegin = scanner.position();
  bool hasSecond = scanner.beginRow();
  if (hasSecond) {
    secondBegin = scanner.position();
    second = takeRow(scanner);
  }
  layout.columns = first.size();
  layout.mayBeHeader =
      hasSecond ? hasNameOverNumber(first, second, decimal)
                : first.size() > 1 && llvm::all_of(first, [&](llvm::StringRef cell) { return isName(cell, decimal); });
  if (options.header == CsvOptions::Header::No)
    return layout;
  bool counted = hasSecond && isCountedHeader(first, second, options);
  layout.hasHeader = options.header == CsvOptions::Header::Yes || counted ||
                     (layout.mayBeHeader && numbersCountColumns(first, decimal));
  if (!layout.hasHeader)
    return layout;
  if (!hasSecond)
    return Trouble{.code = "E302",
                   .message = "there are no rows below the header",
                   .place = scanner.rowPlace(file.name, firstBegin, firstLine)};
  layout.columns = second.size();
  if (counted) {
    uint64_t samples;
    if (!llvm::StringRef(first[0]).getAsInteger(10, samples))
      layout.samples = samples;
    layout.classNames.assign(first.begin() + 2, first.end());
    return layout;
  }
  if (first.size() != second.size())
    return Trouble{
        .code = "E302",
        .message = "the header has " + std::to_string(first.size()) + (first.size() == 1 ? " cell" : " cells") +
                   ", the row below it has " + std::to_string(second.size()),
        .place = scanner.rowPlace(file.name, secondBegin, scanner.line()),
        .help = llvm::StringRef(first.front()).starts_with("#") && !options.comment
                    ? "if the first line is a comment, say so: Csv(..., comment=\"#\")"
                : first.size() < second.size() ? "every column needs a name, including a column of row numbers"
                                               : "an empty cell keeps its separator"};
  layout.names = std::move(first);
  return layout;
}

Fallible<size_t> findColumn(llvm::StringRef what, const CsvLayout &layout, llvm::StringRef file, Loc loc) {
  for (bool exact : {true, false}) {
    auto called = [&](const std::string &name) { return exact ? what == name : what.equals_insensitive(name); };
    auto found = llvm::find_if(layout.names, called);
    if (found == layout.names.end())
      continue;
    const auto place = static_cast<size_t>(found - layout.names.begin());
    auto other = std::find_if(found + 1, layout.names.end(), called);
    if (other == layout.names.end())
      return place;
    return Trouble{.code = "E302",
                   .message = "two columns are named '" + what.str() + "'",
                   .loc = loc,
                   .place = {.file = loc.isValid() ? "" : file.str()},
                   .help = "give the number: " + std::to_string(place + 1) + " or " +
                           std::to_string(static_cast<size_t>(other - layout.names.begin()) + 1)};
  }
  if (what.equals_insensitive("last"))
    return layout.columns - 1;
  if (what.equals_insensitive("first"))
    return size_t{0};
  std::string columns =
      file.str() + " has " + std::to_string(layout.columns) + (layout.columns == 1 ? " column" : " columns");
  int64_t number;
  if (!what.getAsInteger(10, number)) {
    int64_t place = number > 0 ? number - 1 : number + static_cast<int64_t>(layout.columns);
    if (number != 0 && place >= 0 && place < static_cast<int64_t>(layout.columns))
      return static_cast<size_t>(place);
    return Trouble{.code = "E302",
                   .message = "there is no column " + what.str() + ": " + columns + ", counted from 1",
                   .loc = loc,
                   .place = {.file = loc.isValid() ? "" : file.str()}};
  }
  std::vector<llvm::StringRef> names(layout.names.begin(), layout.names.end());
  llvm::StringRef near = closest(what, names);
  std::string known;
  for (size_t i = 0; i < names.size() && i < 12; ++i)
    known += (i ? ", " : "") + names[i].str();
  return Trouble{.code = "E302",
                 .message = "there is no column '" + what.str() + "': " + columns +
                            (names.empty() ? " and no header with names" : ""),
                 .loc = loc,
                 .place = {.file = loc.isValid() ? "" : file.str()},
                 .help = !near.empty()    ? "did you mean " + near.str() + "?"
                         : !known.empty() ? "its columns are " + known + (names.size() > 12 ? ", ..." : "")
                                          : "give the number of the column, counted from 1"};
}

} // namespace dlc::data
