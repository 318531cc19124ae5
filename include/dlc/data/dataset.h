// A Dataset holds decoded samples in memory as they came from their source; Samples is a choice of its rows, in order.
// Nothing here is prepared, shuffled or cut into batches; that is prepare.h and batches.h.
#pragma once

#include "dlc/support/trouble.h"
#include "dlc/support/type.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::data {

/// What the targets of a dataset are.
enum class TargetKind : uint8_t {
  None,    ///< no labels in the source
  Classes, ///< one class index a sample
  Numbers, ///< a row of numbers a sample
  Input,   ///< the prepared sample itself (autoencoder)
  Next,    ///< of tokens: the sequence shifted by one; as many classes a sample as it has tokens
};

/// Samples that are decoded each time they are wanted. Any number of threads may read at once.
class SampleReader {
public:
  virtual ~SampleReader() = default;
  /// Decodes sample `row` to the bytes, or words, of its shape. The trouble of a file that was good when it was looked
  /// at first.
  virtual Checked read(size_t row, uint8_t *bytes) const = 0;
};

/// The values of all samples as their source has them, row-major [samples, sampleSize], in one of five forms. Bytes
/// stay bytes (60,000 images of 28x28 take 47 MB, not 188); they become numbers when a batch is gathered. The dtype of
/// the net has no say in the form.
struct Values {
  enum class Form : uint8_t { Bytes, F32, F64, Reader, Tokens } form = Form::F32;
  const uint8_t *bytes = nullptr; ///< into `buffer`, or into `ownBytes`
  /// Bytes and Reader: each value is a uint16_t, and 65535 of it means what 255 of a byte does.
  bool wide = false;
  std::shared_ptr<const llvm::MemoryBuffer> buffer;
  std::vector<uint8_t> ownBytes;
  std::shared_ptr<const SampleReader> reader;
  /// Sample i begins at i * sampleSize; with TargetKind::Next one token more stands behind the last sample.
  std::vector<int32_t> tokens;
  std::vector<float> f32;
  std::vector<double> f64;

  static constexpr double kWordsPerByte = 257;
  size_t bytesPerValue() const { return wide ? sizeof(uint16_t) : 1; }
  /// Bytes and Reader: value `i` of those at `from`.
  double stored(const uint8_t *from, size_t i) const {
    return wide ? reinterpret_cast<const uint16_t *>(from)[i] / kWordsPerByte : from[i];
  }
};

/// Numbers on their way from a file: kept in f32 as long as f32 holds each of them exactly, in f64 from the first one
/// on that it does not. So nothing is rounded before `prepare`, and pictures and counts take no more room than they
/// need.
class NumberStore {
public:
  void reserve(size_t count);
  void append(double value) { append(llvm::ArrayRef(value)); }
  void append(llvm::ArrayRef<double> values);
  size_t size() const { return values.form == Values::Form::F64 ? values.f64.size() : values.f32.size(); }
  Values take() { return std::move(values); }

private:
  Values values;
};
/// Makes f64 of f32, for numbers that f32 does not hold.
void widen(Values &values);

/// A cell of a table that holds no value.
struct Gap {
  static constexpr uint32_t kLeftOut = UINT32_MAX;
  uint32_t row; ///< kLeftOut: of a row that is no sample (missing=drop)
  uint32_t feature;
};

/// The place of a number of the sample at `line` of a table, if it can be found.
using CellFinder = std::function<std::optional<FilePlace>(uint64_t line, size_t number)>;

struct Dataset {
  std::string origin; ///< file name as given, for messages
  Loc loc;            ///< the source expression, for messages
  size_t count = 0;   ///< samples; below 2^32
  Shape sampleShape;  ///< of one sample: 28x28, 3x32x32, 4; of pictures of several sizes 3x0x0
  Values values;
  /// Height and width by sample, where they differ; otherwise empty. Bytes and Reader only.
  std::vector<std::array<uint32_t, 2>> sizes;
  std::vector<uint64_t> offsets; ///< with `sizes`: which value of values.bytes each sample begins with

  TargetKind targetKind = TargetKind::None;
  std::vector<int32_t> classes;        ///< Classes: count entries
  std::vector<std::string> classNames; ///< Classes: their names in order of their indices; empty for plain numbers
  bool ownNames = false;               ///< they are those of its own labels, in alphabetical order: nobody gave others
  size_t targetSize = 0;               ///< Numbers: per sample
  Shape targetShape;                   ///< Numbers: of a sample's, where an array says so; otherwise they are flat
  std::vector<double> numbers;         ///< Numbers: count x targetSize

  std::vector<std::string> columnNames; ///< of the features; empty if the source names none
  std::vector<uint32_t> columns;        ///< of a table, from 1, from which the features come; empty for other sources
  std::vector<std::string> targetNames; ///< of the columns of a table that hold the targets; empty if they have none
  /// Empty cells among the features, in order. Those with missing=mean are NaN until fillGaps().
  std::vector<Gap> gaps;
  std::vector<std::string> fileNames; ///< of the samples, where each has a file of its own
  /// Files that are no samples because they are damaged (broken = skip), each with what is wrong.
  std::vector<std::string> broken;
  /// Of a text that is to be continued, the places of the last sample whose answers are not those of the sample before
  /// it or of blanks behind the end: [first, second). Both 0: all.
  std::array<size_t, 2> lastPlaces = {0, 0};
  std::string labelOrigin;   ///< file the labels came from, if not `origin`
  llvm::StringRef labelHelp; ///< of its SourceDef, for messages
  /// Where the source text itself holds the samples (Inline): the place of each value, and of each number or class of
  /// the targets, as many for one sample as for the other. Empty for files.
  std::vector<Loc> valueLocs, targetLocs;
  std::string rounded; ///< the first whole number that f64 does not hold, with all its digits; empty: none is there
  /// A column of numbers was left out as the target of samples that are to be predicted, and only its place says so.
  bool targetAssumed = false;
  std::vector<uint32_t> lines; ///< line of each sample's label in its file, for messages; empty if it has no lines
  CellFinder valueCells, targetCells; ///< of tables with lines; otherwise empty
  std::vector<std::string> notes; ///< what was decided while reading ("labels: last column, 3 classes"), for `dlc data`

  size_t sampleSize() const { return static_cast<size_t>(elementCount(sampleShape)); }
  /// Whether all samples have one shape, sampleShape.
  bool uniform() const { return sizes.empty(); }
  Shape shapeOf(size_t row) const;
  /// Classes of one sample: 1, or with Next the length of the sequence.
  size_t targetRows() const { return targetKind == TargetKind::Next ? sampleSize() : 1; }
  /// What a feature is called: "column 'age'", "column 3" of a table without names, "feature 3".
  std::string featureText(size_t feature) const;
  /// Number of classes: of the names, or one more than the largest index.
  size_t classCount() const;
  /// Value i of sample `row`, unprepared, as a double: for statistics and tests, not for speed. NaN where it cannot be
  /// read any more.
  double value(size_t row, size_t i) const;
};

/// Whether values of one shape may be taken for another, in row order: the shapes are equal but for sizes of 1, or one
/// of them is flat and has as many values. 8x8x3 is not 3x8x8.
bool readsAs(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// The largest number that can count classes.
inline constexpr double kMostClass = 1e9;
/// Whether all names are numbers, as in classes = [-1, 1]: a label is then one of them, and no position among them.
bool areNumbers(llvm::ArrayRef<std::string> names);
/// The class whose name is this number.
std::optional<int32_t> classOf(double label, llvm::ArrayRef<std::string> names);

/// What the loss wants as targets.
struct TargetWish {
  enum class Kind : uint8_t { Classes, Numbers, Input, Next, None } kind = Kind::Classes;
  size_t outputs = 0; ///< outputs per sample; 0: not known, nothing is checked against it
  /// Names of the net's outputs where it has several; `outputs` then counts their targets, which are one row of
  /// Numbers.
  std::vector<std::string> parts = {};
  DType dtype = DType::F32; ///< of the net, in which numbers must be finite
  Shape shape = {};         ///< of the only output; empty: not known
  bool yesNo = false;       ///< Numbers: the only output tells two classes apart, which may have names
};

/// Whether a number stays finite when it is rounded to `dtype`.
inline bool isFiniteIn(DType dtype, double value) {
  return std::isfinite(dtype == DType::F32 ? static_cast<double>(static_cast<float>(value)) : value);
}
/// What the labels are that a trained net knows.
struct LabelKind {
  size_t classes = 0;             ///< how many; 0: numbers, or not known
  std::vector<std::string> names; ///< of the classes; may be empty
  bool shares = false;            ///< of two classes: a number between 0 and 1 says how much
};

/// E303 about `what`, a number that is not finite in a dtype: no number at all, or beyond f32.
Trouble notFinite(const std::string &what, double value);

/// What is wrong with target number `column` of sample `row`, at its place: its line in a file, or the number itself in
/// the source text.
Trouble targetTrouble(const Dataset &dataset, ErrorCode code, std::string message, size_t row, size_t column = 0);
/// Likewise of value number `column` of the sample.
Trouble valueTrouble(const Dataset &dataset, ErrorCode code, std::string message, size_t row, size_t column = 0);
/// " of sample 3", where no place says so.
std::string sampleText(const Dataset &dataset, size_t row);

/// Turns the labels of `dataset` into what the loss wants, or says why that cannot be.
///   Classes: whole numbers become class indices, one-hot rows become the place of their 1; indices must lie below
///   `outputs` (E304). Numbers: for one output a class becomes its index; otherwise one-hot rows of `outputs` numbers;
///   the row length must equal `outputs` and read as the output's shape (E305), each be finite in the dtype (E303). Of
///   several parts nothing but such rows will do. Input and Next: any labels are dropped; Next needs tokens of a text.
///   None: any labels are kept, none are required.
/// No labels where some are wanted: E309.
Checked useTargets(Dataset &dataset, const TargetWish &wish);

/// Makes targets of the values of each sample from number `in` on. The samples are rows of numbers without labels.
void splitTargets(Dataset &dataset, size_t in);

/// "2 broken pictures left out: a/3.jpg: the file is empty, ..."; empty where there are none.
std::string brokenText(const Dataset &dataset);
/// Takes samples out of a dataset of pictures; `rows` are sorted.
void dropRows(Dataset &dataset, llvm::ArrayRef<uint32_t> rows);

/// Whole numbers of 0 .. vocab-1 as the tokens that a net reads; E304 for other values. Text is tokens already.
Checked useTokens(Dataset &dataset, int64_t vocab);

/// Some rows of a dataset, in order. Copying is cheap in samples, not free in rows (4 bytes each).
struct Samples {
  std::shared_ptr<const Dataset> data;
  std::vector<uint32_t> rows;

  size_t size() const { return rows.size(); }
  bool empty() const { return rows.empty(); }
};

/// All rows, in order.
Samples allSamples(std::shared_ptr<const Dataset> data);
/// `count` of them (all, if 0 or more than there are), chosen by the seed and in the order of the source. Each class
/// gives its share, but at least one sample where `count` suffices for that; otherwise one each of some of them.
/// Targets of few different values count as classes.
Samples drawSamples(const Samples &samples, uint64_t count, uint64_t seed);
/// Rows from .. to (exclusive; -1: up to the end; negative `from` counts from the end). E308 when out of range or
/// empty.
Fallible<Samples> slice(const Samples &samples, int64_t from, int64_t to, Loc loc);

struct Split {
  Samples train, held;
};
/// Holds `count` samples out, chosen by the seed, stratified: each class gives its share, rounded by largest remainder
/// (ties to the lower class). Both parts keep the order of the source. Without classes all samples count as one class.
/// E308 if nothing would be left on either side.
Fallible<Split> holdOut(const Samples &samples, uint64_t count, uint64_t seed, Loc loc);
/// The means of the features over `samples`, cells that are NaN left aside; none of samples that are no table of
/// numbers. E303 for a feature without any value.
Fallible<std::vector<double>> featureMeans(const Samples &samples);
/// Puts `means` where the gaps of `data` are NaN.
void fillGaps(Dataset &data, llvm::ArrayRef<double> means);

/// The number of samples that a share (0..1) stands for: rounded to nearest.
uint64_t shareOf(const Samples &samples, double share);

} // namespace dlc::data
