// One separated text file as a table: numbers of the feature columns, and the cells of at most one label column.
// Labels are still text here; parse_csv.cpp turns them into classes. Private to data.
#pragma once

#include "csv_scanner.h"
#include "dlc/data/formats.h"

namespace dlc::data {

/// What the first rows tell: the separator, the header and the columns.
struct CsvLayout {
  CsvDialect dialect;
  size_t columns = 0;
  bool hasHeader = false;
  bool mayBeHeader = false;            ///< the first row has a name over a number, or is nothing but names
  std::vector<std::string> names;      ///< of the columns; empty without a header of names
  std::vector<std::string> classNames; ///< from a header of the form `samples,features,class names`
  std::optional<uint64_t> samples;     ///< likewise
  /// "'petal_length'" or "3", for messages.
  std::string columnText(size_t column) const;
};
/// E302 for a file without rows, or a header that does not fit the rows.
Fallible<CsvLayout> readLayout(TextFile file, const CsvOptions &options);

/// The place of a column called by name or number ("last" and "first" too); E302 with a suggestion if there is none.
Fallible<size_t> findColumn(llvm::StringRef what, const CsvLayout &layout, llvm::StringRef file, Loc loc);

/// E302 unless the features are called as in training, and stand in that order; good where either has no names.
Checked checkNames(TextFile file, const CsvLayout &layout, llvm::ArrayRef<size_t> features, std::optional<size_t> label,
                   const CsvOptions &options);

struct CsvTable {
  CsvLayout layout;
  size_t rows = 0;
  NumberStore values;           ///< rows x features.size()
  std::vector<size_t> features; ///< columns, in order, with those of targets behind the features
  size_t targets = 0;           ///< how many of these hold targets
  std::optional<size_t> label;  ///< column
  std::vector<std::string> labelTexts;
  std::vector<std::optional<double>> labelNumbers;
  std::vector<Cell> labelCells; ///< texts refer to the file, for places
  std::vector<uint32_t> lines;  ///< of each row
  std::vector<Gap> gaps;        ///< of the features
  size_t dropped = 0;
  std::string rounded; ///< as in Dataset
};
/// Reads all rows. The options' label and columns are not looked at, only header, missing and dtype.
/// The last `targets` of `features` are targets, whose cells are never filled in.
Fallible<CsvTable> readTable(TextFile file, CsvLayout layout, std::vector<size_t> features, size_t targets,
                             std::optional<size_t> label, const CsvOptions &options);

} // namespace dlc::data
