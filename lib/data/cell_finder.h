// The places of cells in a table of text that has been read and let go, for messages about their numbers.
// It does not look at what the cells hold. Private to data.
#pragma once

#include "csv_scanner.h"
#include "dlc/data/dataset.h"

#include <string>
#include <vector>

namespace dlc::data {

/// Finds the cells of `columns` in the table at `path` again.
CellFinder findCells(std::string path, const CsvDialect &dialect, std::vector<size_t> columns);

} // namespace dlc::data
