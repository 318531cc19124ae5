// The pure parts of the sources: functions from bytes to a Dataset or a Trouble, which is what the robustness tests
// feed. They open no files; source.h does.
#pragma once

#include "dlc/data/dataset.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::data {

/// Arguments of Csv(...). Columns are named as in the header, or numbered from 1 (from the end if negative).
struct CsvOptions {
  enum class Header : uint8_t { Auto, Yes, No } header = Header::Auto;
  enum class Missing : uint8_t { Error, Zero, Mean, Drop } missing = Missing::Error;
  char separator = 0; ///< 0: auto (tab, ';', ',' or blanks); ' ' stands for runs of blanks
  std::string label; ///< "", "last", "first", "none", a name or a number; "" is last, or none where that fits the model
  Loc labelLoc;      ///< for messages about `label`
  std::vector<std::string> columns; ///< features by name or number; empty: all but the label
  Loc columnsLoc;
  DType dtype = DType::F32;
  std::vector<std::string> classNames; ///< as in LoadContext
  std::optional<size_t> sampleSize;    ///< as in LoadContext
};

/// A table of numbers with at most one label column. `labels`, if given, is a second table with a row for each row of
/// the first: one column of class indices, names or numbers, or several of numbers; the first table then has no label
/// column. Headers are recognised (also `samples,features,class names`, as scikit-learn ships its sets). Empty cells,
/// ?, NA, N/A, NaN, null are missing. Errors: E302 (ragged row, no such column, empty file), E303 (cell is missing or
/// no number), E304 (label), E307 (numbers of rows differ).
struct TextFile {
  llvm::StringRef bytes, name;
};
Fallible<Dataset> parseCsv(TextFile table, std::optional<TextFile> labels, const CsvOptions &options);

/// An IDX file: magic 0 0 type dims, big-endian sizes, then the elements (all six element types). Bytes stay bytes and
/// refer to `images`, which must outlive the dataset unless the caller puts a buffer into values.buffer. Labels: one
/// dimension of whole numbers gives classes, anything else rows of numbers. Errors: E306 with the byte offset, E304
/// (negative label), E307.
Fallible<Dataset> parseIdx(TextFile images, std::optional<TextFile> labels, DType dtype);
bool looksLikeIdx(llvm::StringRef bytes);
/// The size that an IDX file must have according to its header, or nothing where there is no valid header.
std::optional<uint64_t> idxFileSize(llvm::StringRef firstBytes);

} // namespace dlc::data
