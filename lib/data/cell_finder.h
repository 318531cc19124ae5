// Positions of cells in a text table that is no longer in memory, for messages about their numbers.
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
