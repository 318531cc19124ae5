// The pure parts of the sources: functions from bytes to a Dataset or a Trouble, which is what the robustness tests
// feed. They open no files; source.h does.
#pragma once

#include "dlc/data/dataset.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::data {

/// Arguments of Csv(...). Columns are named as in the header, or numbered from 1 (from the end if negative).
struct CsvOptions {
  enum class Header : uint8_t { Auto, Yes, No } header = Header::Auto;
  enum class Missing : uint8_t { Error, Zero, Mean, Drop } missing = Missing::Error;
  char separator = 0; ///< 0: auto (tab, ';', ',' or blanks); ' ' stands for runs of blanks
  char decimal = '.'; ///< or ','
  char comment = 0;   ///< begins a comment at the beginning of a line or behind a blank; 0: nothing does
  std::string label; ///< "", "last", "first", "none", a name or a number; "" is last, or none where that fits the model
  /// Of label = [a, b]: columns with numbers that are a row of targets for each sample; `label` is "none" then.
  std::vector<std::string> targets;
  Loc labelLoc;                     ///< for messages about `label` and `targets`
  std::vector<std::string> columns; ///< features by name or number; empty: all but the label
  Loc columnsLoc;
  DType dtype = DType::F32;
  std::vector<std::string> classNames;      ///< as in LoadContext
  std::optional<size_t> sampleSize;         ///< as in LoadContext
  bool labelMayLack = false;                ///< as in LoadContext
  LabelKind labels;                         ///< as in LoadContext
  std::vector<std::string> columnNames;     ///< as in LoadContext
  std::vector<std::string> targetNames;     ///< as in LoadContext
  bool ownTargets = false;                  ///< as in LoadContext
  size_t targetColumns = 0;                 ///< as in LoadContext
  std::optional<std::vector<double>> means; ///< as LoadContext::featureMeans
};

/// A table of numbers with a label column, several columns of targets, or neither. `labels`, if given, is a second
/// table with a row for each row of the first: one column of class indices, names or numbers, or several of numbers;
/// the first table then has none of these columns. Headers are recognised (also `samples,features,class names`, as
/// scikit-learn ships its sets). Empty cells,
/// ?, NA, N/A, #N/A, NaN, null are missing. Errors: E302 (ragged row, no such column, other columns
/// than in training, empty file), E303 (cell is missing or
/// no number), E304 (label), E307 (numbers of rows differ).
struct TextFile {
  llvm::StringRef bytes, name;
};
Fallible<Dataset> parseCsv(TextFile table, std::optional<TextFile> labels, const CsvOptions &options);
/// The whole cell as a number; "inf" and numbers beyond double are none. A leading plus is allowed, an underflow is
/// zero.
std::optional<double> cellNumber(llvm::StringRef text, char decimal = '.');

/// An IDX file: magic 0 0 type dims, big-endian sizes, then the elements (all six element types). Bytes stay bytes and
/// refer to `images`, which must outlive the dataset unless the caller puts a buffer into values.buffer. Labels: one
/// dimension of whole numbers gives classes, anything else rows of numbers. Errors: E306 with the byte offset, E304
/// (negative label), E307.
Fallible<Dataset> parseIdx(TextFile images, std::optional<TextFile> labels, DType dtype);
bool looksLikeIdx(llvm::StringRef bytes);
/// The size that an IDX file must have according to its header, or nothing where there is no valid header.
std::optional<uint64_t> idxFileSize(llvm::StringRef firstBytes);

/// An array as NumPy writes it, in C order.
struct NpyArray {
  Shape shape;   ///< empty for a single number
  char kind = 0; ///< 'f', 'i', 'u' or 'b' (of one byte)
  unsigned bytes = 0;
  bool bigEndian = false, columnMajor = false;
  llvm::StringRef data;
  /// Element i in row-major order, as a double.
  double element(size_t i) const;
  size_t elements() const { return static_cast<size_t>(elementCount(shape)); }
};
/// The header of a .npy file, versions 1 to 3; floats of 2, 4 and 8 bytes, whole numbers and bools. E306 with the byte
/// offset where it is damaged, holds other types, or does not have as many bytes as its shape says.
Fallible<NpyArray> parseNpy(TextFile file);
bool looksLikeNpy(llvm::StringRef bytes);
/// Arrays to samples: the first dimension of `x` counts them. `y`, if given: one dimension of whole numbers gives
/// classes, anything else rows of numbers. E303 for a number that is not finite, E304 for a negative class, E306, E307.
Fallible<Dataset> samplesOf(TextFile xFile, const NpyArray &x, std::optional<std::pair<TextFile, NpyArray>> y,
                            DType dtype);

/// One file of a zip archive, unpacked.
struct ZipMember {
  std::string name;
  std::shared_ptr<const llvm::MemoryBuffer> bytes;
};
/// The files of a zip archive, stored or deflated, zip64 too; `wanted` says which to unpack. E306 where it is damaged.
Fallible<std::vector<ZipMember>> parseZip(TextFile file, llvm::function_ref<bool(llvm::StringRef name)> wanted);
bool looksLikeZip(llvm::StringRef bytes);

/// The batches of CIFAR-10's binary version: a label byte and 3x32x32 pixels a sample. Fills classes, and appends
/// pixels. E304 (label above 9), E306 (a file that is not whole samples); both with the byte offset.
Checked parseCifar10(TextFile file, std::vector<int32_t> &classes, std::vector<uint8_t> &pixels);

/// Numbers one after the other, little-endian: u8, i8, i16, i32, i64, f32 or f64, samples of `shape`. E306, E303.
Fallible<Dataset> parseRaw(TextFile file, const Shape &shape, llvm::StringRef type, DType dtype);
/// Labels for `data` from a file of their own: a table of text, IDX, .npy, or bytes, one for each sample. E304, E306,
/// E307.
Checked readLabelFile(TextFile file, const CsvOptions &options, Dataset &data);

/// Text in UTF-16, with a byte order mark or without, as UTF-8; nothing for any other bytes.
std::optional<std::string> utf8OfUtf16(llvm::StringRef bytes);

/// One line of a list of pictures.
struct ListedPicture {
  std::string path;
  std::string label; ///< empty: none
  uint32_t line = 0;
};
/// Lines of a path and a label, cut by a tab or by the last comma; either may stand in quotes. The label may be left
/// out of all. E302 for a quote that is not closed, E304 for labels that lack in some lines only.
Fallible<std::vector<ListedPicture>> parsePictureList(TextFile list);

/// Characters as tokens, samples of `length`, the next character being the target (TargetKind::Next). `names` are the
/// characters in order; empty: those of the text, sorted by code. E304 for a character that is not among them, E306 for
/// bytes that are no UTF-8, E309 for a text too short.
/// A text that is to be continued has no targets, and every character counts: where the last ones do not fill a sample,
/// those before them do, or, in a text shorter than that, the first token behind the end (Dataset::lastPlaces).
enum class TextUse : uint8_t { Learn, Continue };
Fallible<Dataset> parseText(TextFile file, size_t length, llvm::ArrayRef<std::string> names,
                            TextUse use = TextUse::Learn);
/// The token of each character of a text; `names` are the characters in order. E304 for one that is not among them,
/// E306 for bytes that are no UTF-8.
Fallible<std::vector<int32_t>> textTokens(TextFile text, llvm::ArrayRef<std::string> names);

} // namespace dlc::data
