// Raw(file, shape, dtype, labels=file): numbers one after the other, without a header.
// Everything is little-endian, and rows come first.
#include "spec_args.h"

#include "dlc/data/formats.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/counted.h"

#include "llvm/Support/ConvertUTF.h"

#include <cmath>
#include <cstring>

namespace dlc::data {
namespace {

constexpr std::array<llvm::StringRef, 7> kTypes = {"u8", "i8", "i16", "i32", "i64", "f32", "f64"};
constexpr size_t kBytes[] = {1, 1, 2, 4, 8, 4, 8};

/// Whether a file is UTF-8 without control characters.
bool isText(llvm::StringRef bytes) {
  const auto *begin = bytes.bytes_begin();
  return llvm::isLegalUTF8String(&begin, bytes.bytes_end()) && llvm::none_of(bytes.bytes(), [](uint8_t c) {
           return (c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 127;
         });
}

/// Raw numbers are a .npy array without its header.
NpyArray arrayOf(llvm::StringRef data, Shape shape, size_t type) {
  NpyArray array;
  array.shape = std::move(shape);
  array.kind = kTypes[type][0];
  array.bytes = static_cast<unsigned>(kBytes[type]);
  array.data = data;
  return array;
}

} // namespace

Fallible<Dataset> parseRaw(TextFile file, const Shape &shape, llvm::StringRef type, DType dtype) {
  size_t index = static_cast<size_t>(llvm::find(kTypes, type) - kTypes.begin());
  DLC_CHECK(index < kTypes.size()) << "no type " << type;
  std::optional<uint64_t> sample = checkedElements(shape);
  if (sample)
    sample = (CheckedSize(*sample) * kBytes[index]).value();
  if (!sample || *sample == 0 || file.bytes.empty() || file.bytes.size() % *sample != 0)
    return Trouble{.code = "E306",
                   .message = "the file has " + counted(file.bytes.size(), "byte") + "; samples of " +
                              shapeText(shape) + " " + type.str() + " take " +
                              (sample ? std::to_string(*sample) : "more than 2^64") + " each",
                   .place = {.file = file.name.str()}};
  Shape whole = {static_cast<int64_t>(file.bytes.size() / *sample)};
  whole.append(shape.begin(), shape.end());
  return samplesOf(file, arrayOf(file.bytes, whole, index), std::nullopt, dtype);
}

Checked readLabelFile(TextFile file, const CsvOptions &options, Dataset &data) {
  auto takeOver = [&](const Dataset &labels) -> Checked {
    if (labels.count != data.count)
      return Trouble{.code = "E307",
                     .message = data.origin + " has " + counted(data.count, "sample") + ", but " + file.name.str() +
                                " has " + counted(labels.count, "label"),
                     .place = {.file = file.name.str()}};
    data.targetKind = labels.targetKind;
    data.classes = labels.classes;
    data.classNames = labels.classNames;
    data.numbers = labels.numbers;
    data.targetSize = labels.targetSize;
    data.targetShape = labels.targetShape;
    data.lines = labels.lines;
    data.targetCells = labels.targetCells;
    data.labelOrigin = file.name.str();
    return allGood();
  };
  // As labels of samples that are of no interest themselves.
  std::string blank;
  for (size_t i = 0; i < data.count; ++i)
    blank += "0\n";
  if (looksLikeNpy(file.bytes)) {
    DLC_TRY(auto array, parseNpy(file));
    NpyArray none = arrayOf(blank, {static_cast<int64_t>(data.count)}, 0);
    auto labels = samplesOf({blank, data.origin}, none, std::pair(file, array), DType::F64);
    return labels ? takeOver(*labels) : labels.failure();
  }
  const bool text = isText(file.bytes);
  if (!looksLikeIdx(file.bytes) && !text) { // bytes, one for each sample
    NpyArray none = arrayOf(blank, {static_cast<int64_t>(data.count)}, 0);
    auto labels =
        samplesOf({blank, data.origin}, none,
                  std::pair(file, arrayOf(file.bytes, {static_cast<int64_t>(file.bytes.size())}, 0)), DType::F64);
    return labels ? takeOver(*labels) : labels.failure();
  }
  if (text) {
    CsvOptions plain = options;
    plain.header = CsvOptions::Header::Auto;
    auto labels = parseCsv({blank, data.origin}, file, plain);
    return labels ? takeOver(*labels) : labels.failure();
  }
  std::string header(1, '\0');
  header += std::string("\0\x08\x01", 3);
  for (int shift = 24; shift >= 0; shift -= 8)
    header += static_cast<char>(data.count >> shift & 255);
  header += std::string(data.count, '\0');
  auto labels = parseIdx({header, data.origin}, file, DType::F32);
  return labels ? takeOver(*labels) : labels.failure();
}

namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "file"));
  const size_t type = wordArgument(spec, "dtype", kTypes, 0);
  const Const *shapeArg = spec.find("shape");
  Shape shape;
  if (shapeArg && shapeArg->kind == Const::Kind::Shape)
    shape = shapeArg->shape;
  else if (shapeArg && shapeArg->isNumber())
    shape = {static_cast<int64_t>(shapeArg->number)};
  else if (shapeArg)
    for (const ConstArg &item : shapeArg->items)
      shape.push_back(static_cast<int64_t>(item.value.number));
  if (shape.empty() || llvm::any_of(shape, [](int64_t size) { return size < 1; }))
    return Trouble{.code = "E309",
                   .message = "Raw needs the shape of a sample",
                   .loc = shapeArg ? shapeArg->loc : spec.loc,
                   .help = "write for example Raw(\"images.raw\", 3x32x32, u8)"};
  DLC_TRY(auto file, readDataFile(name, context, spec.loc));
  auto data = parseRaw({file.text(), file.path}, shape, kTypes[type], context.dtype);
  if (!data)
    return data.failure();
  if (const Const *labelsArg = spec.find("labels")) {
    DLC_TRY(auto labels, readDataFile(textOf(labelsArg), context, labelsArg->loc));
    CsvOptions options;
    options.classNames = context.classNames;
    DLC_PASS_ON(readLabelFile({labels.text(), labels.path}, options, *data));
    DLC_PASS_ON(useClassNames(*data, spec.loc, context));
  }
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("file", "", "the samples, one after the other"),
                             arg::shape("shape", "", "shape of one sample"),
                             arg::word("dtype", "", "u8|i8|i16|i32|i64|f32|f64", "type of the numbers"),
                             arg::file("labels", "none", "their labels")};

} // namespace

extern const SourceDef source_raw;
const SourceDef source_raw = {.name = "Raw",
                              .doc = "Binary numbers without a header.",
                              .args = kArgs,
                              .extensions = {},
                              .recognises = nullptr,
                              .load = load,
                              .labelsArgument = "labels",
                              .labelHelp = "give a file of labels, as in Raw(file, shape, u8, labels=\"labels.txt\")"};
} // namespace dlc::data
