// The loop over all cells of a table.
// Short numbers take the fast way; everything else takes the slow one, which also finds what is wrong.
#include "csv_table.h"

#include <cmath>
#include <limits>

namespace dlc::data {
namespace {

constexpr size_t kSkip = SIZE_MAX, kLabel = SIZE_MAX - 1;

template <class T> class TableReader {
public:
  TableReader(TextFile file, CsvTable &table, std::vector<T> &values, const CsvOptions &options)
      : file(file), table(table), values(values), options(options), scanner(file.bytes, table.layout.separator),
        use(table.layout.columns, kSkip), targetsFrom(firstTarget(table.features.size(), options)) {
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
                     .message = "the first line says " + std::to_string(*table.layout.samples) +
                                " samples, the file has " + std::to_string(table.rows + table.dropped),
                     .place = {.file = file.name.str(), .line = 1}};
    return allGood();
  }

private:
  Checked row() {
    const char *rowBegin = scanner.position();
    uint64_t line = scanner.line();
    size_t columns = use.size(), width = table.features.size(), base = table.rows * width;
    values.resize(base + width);
    T *out = values.data() + base;
    bool drop = false;
    for (size_t c = 0; c < columns; ++c) {
      if (c > 0 && scanner.rowEnded())
        return ragged(rowBegin, line, c);
      double value;
      if (use[c] < kLabel && scanner.shortNumber(value)) {
        out[use[c]] = static_cast<T>(value);
        continue;
      }
      Cell cell = scanner.cell();
      if (scanner.badQuote)
        return Trouble{.code = "E302",
                       .message = "a quote is opened here and not closed before the end of the cell",
                       .place = scanner.place(file.name, cell, c + 1)};
      if (use[c] == kSkip)
        continue;
      if (isMissing(cell.text)) {
        const bool target = use[c] >= targetsFrom;
        if (options.missing == CsvOptions::Missing::Drop && !options.labelMayLack)
          drop = true;
        else if (target || !hasFilling(use[c]))
          return badCell(missing(cell, c), rowBegin, line, c + 1);
        else
          out[use[c]] = filling(use[c]);
        if (!target)
          table.gaps.push_back({static_cast<uint32_t>(table.rows), static_cast<uint32_t>(use[c])});
        continue;
      }
      if (use[c] == kLabel) {
        table.labelCells.push_back(cell);
        continue;
      }
      std::optional<double> number = cellNumber(cell.text);
      if (!number || !std::isfinite(static_cast<T>(*number)))
        return badCell(notANumber(cell, c), rowBegin, line, c + 1);
      out[use[c]] = static_cast<T>(*number);
    }
    if (!scanner.rowEnded())
      return ragged(rowBegin, line, cellsAfter(columns));
    if (drop) {
      ++table.dropped;
      for (auto gap = table.gaps.rbegin(); gap != table.gaps.rend() && gap->row == table.rows; ++gap)
        gap->row = Gap::kLeftOut;
      values.resize(base);
      table.labelCells.resize(std::min(table.labelCells.size(), table.rows));
      return allGood();
    }
    if (table.label) {
      const Cell &cell = table.labelCells.back();
      table.labelNumbers.push_back(cellNumber(cell.text));
      table.labelTexts.push_back(cell.text.str());
    }
    table.lines.push_back(static_cast<uint32_t>(std::min<uint64_t>(line, UINT32_MAX)));
    ++table.rows;
    return allGood();
  }

  void reserve(size_t rowBytes) {
    size_t rows = file.bytes.size() / std::max<size_t>(rowBytes, 1) + 1;
    values.reserve(std::min(rows * table.features.size(), file.bytes.size()));
    table.lines.reserve(rows);
    if (table.label) {
      table.labelCells.reserve(rows);
      table.labelNumbers.reserve(rows);
      table.labelTexts.reserve(rows);
    }
  }

  static size_t firstTarget(size_t features, const CsvOptions &options) {
    const bool behind = options.targetColumns && options.sampleSize.value_or(0) + options.targetColumns == features;
    return behind ? *options.sampleSize : features;
  }

  bool hasFilling(size_t feature) const {
    return options.missing == CsvOptions::Missing::Zero ||
           (options.missing == CsvOptions::Missing::Mean && (!options.means || feature < options.means->size()));
  }
  T filling(size_t feature) const {
    if (options.missing == CsvOptions::Missing::Zero)
      return 0;
    return options.means ? static_cast<T>((*options.means)[feature]) : std::numeric_limits<T>::quiet_NaN();
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
                        ? "an empty cell keeps its separator, and missing= in Csv(...) says what it means"
                        : "a cell that holds a separator stands in quotes"};
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
    if (column == 0 || column + 1 != use.size() || !options.label.empty() || (!names.empty() && !names[column].empty()))
      return "no row has a value there: choose others with columns=[...] and label= in Csv(...)";
    std::string features;
    auto name = [&](size_t c) { return names.empty() ? std::to_string(c + 1) : names[c]; };
    for (size_t c = 0; c + 2 < use.size(); ++c)
      features += (c ? ", " : "") + name(c);
    return "each row ends in a separator, behind which nothing stands: take it away, or write Csv(..., columns=[" +
           features + "], label=" + name(column - 1) + ")";
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
             : below.whole    ? "missing=drop in Csv(...) leaves such rows out"
                              : "no row has a value in every column: fill the cells in";
    else if (options.missing == CsvOptions::Missing::Drop)
      help = "every row gets a prediction, so missing=drop leaves none out: fill the cell in";
    else if (options.missing == CsvOptions::Missing::Mean)
      help = "missing=mean takes the means of the training samples, which a model file keeps if its source said so "
             "when it was trained; none are known here";
    return {.code = "E303",
            .message = "column " + table.layout.columnText(column) + (label ? " (the label)" : "") +
                       (cell.text.empty() ? " is empty" : " has no value"),
            .place = scanner.place(file.name, cell, column + 1),
            .help = help};
  }
  Trouble notANumber(const Cell &cell, size_t column) {
    std::string text = cell.text.take_front(40).str() + (cell.text.size() > 40 ? "..." : "");
    std::string help;
    if (cellNumber(cell.text) || cell.text.trim("+-").equals_insensitive("inf"))
      help = "numbers must be finite in the dtype of the net";
    else if (size_t comma = cell.text.find(',');
             comma != llvm::StringRef::npos &&
             cellNumber((cell.text.take_front(comma) + "." + cell.text.drop_front(comma + 1)).str()))
      help = "numbers have a point, not a comma";
    else if (help = separatorHelp(cell.text); help.empty())
      help = wordHelp(column);
    return {.code = "E303",
            .message = "column " + table.layout.columnText(column) + ": '" + text + "' is not a number",
            .place = scanner.place(file.name, cell, column + 1),
            .help = help};
  }

  /// Where the source names a separator, and the cells hold another that would cut them.
  std::string separatorHelp(llvm::StringRef text) const {
    const char guessed = guessSeparator(file.bytes);
    if (!options.separator || guessed == options.separator || !text.contains(guessed))
      return "";
    const char *word = guessed == ';' ? "semicolon" : guessed == '\t' ? "tab" : guessed == ' ' ? "space" : "comma";
    return std::string("the cells seem to be cut by another separator: write sep=") + word + ", or leave sep out";
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
  std::vector<T> &values;
  const CsvOptions &options;
  CsvScanner scanner;
  std::vector<size_t> use;  // of each column: a feature's place, kLabel or kSkip
  const size_t targetsFrom; // features from here on, and kLabel, are targets, which are never made up
};

} // namespace

Fallible<CsvTable> readTable(TextFile file, CsvLayout layout, std::vector<size_t> features, std::optional<size_t> label,
                             const CsvOptions &options) {
  CsvTable table;
  table.layout = std::move(layout);
  table.features = std::move(features);
  table.label = label;
  Checked done = options.dtype == DType::F64 ? TableReader<double>(file, table, table.f64, options).read()
                                             : TableReader<float>(file, table, table.f32, options).read();
  if (!done)
    return done.trouble();
  return table;
}

} // namespace dlc::data
