// Reads a table again up to the row of a cell; only a run that reports an error about it pays for this.
// Input that cannot be read again (standard input, a deleted file) has no cell positions.
#include "cell_finder.h"

#include "dlc/data/source.h"

#include "llvm/Support/FileSystem.h"

namespace dlc::data {

CellFinder findCells(std::string path, const CsvDialect &dialect, std::vector<size_t> columns) {
  return [path = std::move(path), dialect, columns = std::move(columns)](uint64_t line,
                                                                         size_t number) -> std::optional<FilePlace> {
    if (number >= columns.size() || !llvm::sys::fs::is_regular_file(path)) // a pipe is read only once
      return std::nullopt;
    auto file = readTextFile(path, {}, Loc());
    if (!file)
      return std::nullopt;
    CsvScanner scanner(file->text(), dialect);
    while (scanner.beginRow() && scanner.line() <= line)
      for (size_t column = 0; !scanner.rowEnded(); ++column) {
        Cell cell = scanner.cell();
        if (column == columns[number] && cell.line == line)
          return scanner.place(path, cell);
      }
    return std::nullopt;
  };
}

} // namespace dlc::data
