// The loop over all cells of a table.
// Short numbers take the fast path; everything else takes the slow one, which also finds errors.
#include "csv_table.h"

#include "dlc/support/counted.h"

#include <cmath>
#include <limits>

namespace dlc::data {
namespace {

constexpr size_t kSkip = SIZE_MAX, kLabel = SIZE_MAX - 1;

class TableReader {
public:
  TableReader(TextFile file, CsvTable &table, const CsvOptions &options)
      : file(file), table(table), options(options), scanner(file.bytes, table.layout.dialect),
        use(table.layout.columns, kSkip), targetsFrom(table.features.size() - table.targets) {
    for (size_t i = 0; i < table.features.size(); ++i)
      use[table.features[i]] = i;
    if (table.label)
      use[*table.label] = kLabel;
  }

  Checked read() {
    if (table.layout.hasHeader && scanner.beginRow())
      do
        scanner.cell();
      while (!scanner.rowEnded());
    const char *begin = scanner.position();
    while (scanner.beginRow()) {
      if (table.rows == UINT32_MAX)
        return Trouble{.code = "E302", .message = "more than 4294967295 rows", .place = {.file = file.name.str()}};
      if (Checked good = row(); !good)
        return good;
      if (table.rows == 1) // the first row tells how much room the rest takes, unless it is unusually short
        reserve(static_cast<size_t>(scanner.position() - begin));
    }
    if (table.layout.samples && *table.layout.samples != table.rows + table.dropped)
      return Trouble{.code = "E302",
                     .message = "the first line says " + counted(*table.layout.samples, "sample") + ", the file has " +
                                std::to_string(table.rows + table.dropped),
                     .place = {.file = file.name.str(), .line = 1}};
    return allGood();
  }

private:
  Checked row() {
    const char *rowBegin = scanner.position();
    uint64_t line = scanner.line();
    const size_t columns = use.size();
    values.resize(table.features.size());
    bool drop = false;
    for (size_t c = 0; c < columns; ++c) {
      if (c > 0 && scanner.rowEnded())
        return ragged(rowBegin, line, c);
      double value;
      if (use[c] < kLabel && scanner.shortNumber(value)) {
        values[use[c]] = value;
        continue;
      }
      Cell cell = scanner.cell();
      if (scanner.badQuote)
        return Trouble{.code = "E302",
                       .message = "this quote is not closed before the end of the cell",
                       .place = scanner.place(file.name, cell)};
      if (use[c] == kSkip)
        continue;
      if (isMissing(cell.text) && !(use[c] == kLabel && options.labelMayLack)) {
        const bool target = use[c] >= targetsFrom;
        if (options.missing == CsvOptions::Missing::Drop && !options.labelMayLack)
          drop = true;
        else if (target || !hasFilling(use[c]))
          return badCell(missing(cell, c), rowBegin, line, c + 1);
        else
          values[use[c]] = filling(use[c]);
        if (!target)
          table.gaps.push_back({static_cast<uint32_t>(table.rows), static_cast<uint32_t>(use[c])});
        continue;
      }
      if (use[c] == kLabel) {
        table.labelCells.push_back(cell);
        continue;
      }
      std::optional<double> number = cellNumber(cell.text, options.decimal);
      if (!number || !isFiniteIn(options.dtype, *number))
        return badCell(notANumber(cell, c), rowBegin, line, c + 1);
      noteRounded(cell.text, *number);
      values[use[c]] = *number;
    }
    if (!scanner.rowEnded())
      return ragged(rowBegin, line, cellsAfter(columns));
    if (drop) {
      ++table.dropped;
      for (auto gap = table.gaps.rbegin(); gap != table.gaps.rend() && gap->row == table.rows; ++gap)
        gap->row = Gap::kLeftOut;
      table.labelCells.resize(std::min(table.labelCells.size(), table.rows));
      return allGood();
    }
    if (table.label) {
      const Cell &cell = table.labelCells.back();
      table.labelNumbers.push_back(cellNumber(cell.text, options.decimal));
      table.labelTexts.push_back(cell.text.str());
    }
    table.values.append(values);
    table.lines.push_back(static_cast<uint32_t>(std::min<uint64_t>(line, UINT32_MAX)));
    ++table.rows;
    return allGood();
  }

  /// Remembers the first whole number that needs more digits than f64 has.
  void noteRounded(llvm::StringRef text, double number) {
    constexpr double kExact = 9007199254740992; // 2^53
    int64_t whole;
    if (table.rounded.empty() && std::fabs(number) >= kExact && std::fabs(number) < 9.2e18 &&
        !text.getAsInteger(10, whole) && static_cast<int64_t>(number) != whole)
      table.rounded = text.str();
  }

  void reserve(size_t rowBytes) {
    size_t rows = file.bytes.size() / std::max<size_t>(rowBytes, 1) + 1;
    table.values.reserve(std::min(rows * table.features.size(), file.bytes.size()));
    table.lines.reserve(rows);
    if (table.label) {
      table.labelCells.reserve(rows);
      table.labelNumbers.reserve(rows);
      table.labelTexts.reserve(rows);
    }
  }

  bool hasFilling(size_t feature) const {
    return options.missing == CsvOptions::Missing::Zero ||
           (options.missing == CsvOptions::Missing::Mean && (!options.means || feature < options.means->size()));
  }
  double filling(size_t feature) const {
    if (options.missing == CsvOptions::Missing::Zero)
      return 0;
    return options.means ? (*options.means)[feature] : std::numeric_limits<double>::quiet_NaN();
  }

  /// The cells of the row of which `read` have been read.
  size_t cellsAfter(size_t read) {
    for (; !scanner.rowEnded(); ++read)
      scanner.cell();
    return read;
  }
  Trouble ragged(const char *begin, uint64_t line, size_t cells) {
    return {.code = "E302",
            .message = "this row has " + std::to_string(cells) + (cells == 1 ? " cell" : " cells") +
                       ", the others have " + std::to_string(use.size()),
            .place = scanner.rowPlace(file.name, begin, line),
            .help = cells < use.size()
                        ? "an empty cell keeps its separator, and missing= in Csv(...) says what to do with it"
                        : "put a cell that contains a separator in quotes"};
  }
  /// What is wrong with the last of `read` cells, unless the row has too few or too many: then cells have moved, and
  /// what this one holds is no mistake of its own.
  Trouble badCell(Trouble trouble, const char *begin, uint64_t line, size_t read) {
    size_t cells = cellsAfter(read);
    return cells == use.size() ? trouble : ragged(begin, line, cells);
  }
  /// What the rows below this one hold: one without an empty cell, and a value in a column.
  struct Below {
    bool whole = false, value = false;
  };
  Below lookBelow(size_t column) const {
    CsvScanner look = scanner;
    while (!look.rowEnded())
      look.cell();
    Below below;
    while (!(below.whole && below.value) && look.beginRow()) {
      bool whole = true;
      for (size_t c = 0; c == 0 || !look.rowEnded(); ++c) {
        const bool empty = isMissing(look.cell().text);
        whole &= !empty || c >= use.size() || use[c] == kSkip;
        below.value |= c == column && !empty;
      }
      below.whole |= whole;
    }
    return below;
  }
  /// What to do about a column without a value in any row. One without a name behind the others comes of a separator at
  /// the end of each row.
  std::string emptyColumnHelp(size_t column) const {
    const std::vector<std::string> &names = table.layout.names;
    if (use[column] == kLabel && options.sampleSize && table.features.size() == *options.sampleSize)
      return "the other columns are the features: write the labels into this one, or predict with `dlc infer`";
    if (column == 0 || column + 1 != use.size() || !options.label.empty() || (!names.empty() && !names[column].empty()))
      return "no row has a value there: choose others with columns=[...] and label= in Csv(...)";
    std::string features;
    auto name = [&](size_t c) { return names.empty() ? std::to_string(c + 1) : names[c]; };
    for (size_t c = 0; c + 2 < use.size(); ++c)
      features += (c ? ", " : "") + name(c);
    return "each row ends in a separator with nothing after it: remove it, or write Csv(..., columns=[" + features +
           "], label=" + name(column - 1) + ")";
  }
  Trouble missing(const Cell &cell, size_t column) {
    const bool label = use[column] >= targetsFrom;
    const Below below = table.rows > 0 ? Below{true, true} : lookBelow(column);
    std::string help = below.whole ? "missing=zero, mean or drop in Csv(...) says what to do with empty cells"
                                   : "missing=zero or mean in Csv(...) says what to do with empty cells";
    if (!below.value && options.missing == CsvOptions::Missing::Error && !options.labelMayLack)
      help = emptyColumnHelp(column);
    else if (label)
      help = targetsFrom == 0 ? "" // not those of two files
             : below.whole    ? "missing=drop in Csv(...) skips such rows"
                              : "no row has a value in every column: fill the cells in";
    else if (options.missing == CsvOptions::Missing::Drop)
      help = "every row gets a prediction, so missing=drop does not apply: fill the cell in";
    else if (options.missing == CsvOptions::Missing::Mean)
      help = "missing=mean uses the means of the training samples, which a model file keeps if its source asked "
             "for them; there are none here";
    return {.code = "E303",
            .message = "column " + table.layout.columnText(column) + (label ? " (the label)" : "") +
                       (cell.text.empty() ? " is empty" : " has no value"),
            .place = scanner.place(file.name, cell),
            .help = help};
  }
  Trouble notANumber(const Cell &cell, size_t column) {
    std::string text = cell.text.take_front(40).str() + (cell.text.size() > 40 ? "..." : "");
    std::string help;
    if (cellNumber(cell.text, options.decimal) || cell.text.trim("+-").equals_insensitive("inf"))
      help = "numbers must be finite in the net's dtype";
    else if (const char other = options.decimal == '.' ? ',' : '.'; cellNumber(cell.text, other))
      help = other == table.layout.dialect.separator
                 ? "with commas between the cells, a number has none itself: write 1038 for 1,038 and 1.5 for 1,5"
                 : std::string("if the decimal separator is a ") + (other == ',' ? "comma" : "point") +
                       ", say so: Csv(..., decimal=\"" + other + "\")";
    else if (cell.text.starts_with("#") && !options.comment)
      help = "if this is a comment, say so: Csv(..., comment=\"#\")";
    else if (options.decimal == ',' && cell.text.contains(','))
      help =
          "with decimal=\",\" the cells are separated by semicolons, tabs or blanks; these seem to have commas between "
          "them: leave decimal out";
    else if (help = separatorHelp(cell.text); help.empty())
      help = use[column] >= targetsFrom
                 ? "several columns of targets are numbers: write 1 and 0 for yes and no, or a number for each word"
                 : wordHelp(column);
    return {.code = "E303",
            .message = "column " + table.layout.columnText(column) +
                       (use[column] >= targetsFrom ? " (the label)" : "") + ": '" + text + "' is not a number",
            .place = scanner.place(file.name, cell),
            .help = help};
  }

  /// Where the source names a separator, and the cells hold another that would cut them.
  std::string separatorHelp(llvm::StringRef text) const {
    const char guessed = guessSeparator(file.bytes, table.layout.dialect);
    if (!options.separator || guessed == options.separator || !text.contains(guessed))
      return "";
    const char *word = guessed == ';' ? "semicolon" : guessed == '\t' ? "tab" : guessed == ' ' ? "space" : "comma";
    return std::string("the cells seem to use another separator: write sep=") + word + ", or leave sep out";
  }

  /// What to do about a word in a column of features: it may be the label, unless one was named.
  std::string wordHelp(size_t column) const {
    const std::string name =
        column < table.layout.names.size() ? table.layout.names[column] : std::to_string(column + 1);
    const std::string numbers = "features are numbers: write a number for each word, or leave the column out with "
                                "columns=[...] in Csv(...)";
    if (table.layout.mayBeHeader && !table.layout.hasHeader && table.rows + table.dropped == 0)
      return options.header == CsvOptions::Header::No
                 ? "if the first row names the columns, leave header=no out"
                 : "if the first row names the columns, write header=yes in Csv(...)";
    if (!options.label.empty() || options.labelMayLack || use.size() == 1)
      return numbers;
    if (!table.label)
      return "the model takes " + std::to_string(use.size()) + " values, so all " + std::to_string(use.size()) +
             " columns are features; if this is the label, then input = " + std::to_string(use.size() - 1) +
             " and Csv(..., label=" + name + ")";
    return "if this is the label, say so: Csv(..., label=" + name + "); " + numbers;
  }

  TextFile file;
  CsvTable &table;
  const CsvOptions &options;
  CsvScanner scanner;
  std::vector<double> values; // of one row
  std::vector<size_t> use;    // of each column: a feature's place, kLabel or kSkip
  const size_t targetsFrom;   // features from here on, and kLabel, are targets, which are never made up
};

} // namespace

Fallible<CsvTable> readTable(TextFile file, CsvLayout layout, std::vector<size_t> features, size_t targets,
                             std::optional<size_t> label, const CsvOptions &options) {
  CsvTable table;
  table.layout = std::move(layout);
  table.features = std::move(features);
  table.targets = targets;
  table.label = label;
  DLC_PASS_ON(TableReader(file, table, options).read());
  return table;
}

} // namespace dlc::data
