// IDX files (the format of MNIST) from their bytes: big-endian, sizes in front, elements behind.
// A size is trusted only after comparing it with the bytes actually there.
#include "dlc/data/formats.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/counted.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

#include <cmath>
#include <cstring>

namespace dlc::data {
namespace {

enum IdxType : uint8_t { kU8 = 0x08, kI8 = 0x09, kI16 = 0x0B, kI32 = 0x0C, kF32 = 0x0D, kF64 = 0x0E };

size_t elementBytes(uint8_t type) {
  switch (type) {
  case kU8:
  case kI8:
    return 1;
  case kI16:
    return 2;
  case kI32:
  case kF32:
    return 4;
  case kF64:
    return 8;
  default:
    return 0;
  }
}

struct Idx {
  uint8_t type = 0;
  Shape shape; ///< the first size is the number of samples
  const char *data = nullptr;
  size_t elements = 0;

  double element(size_t i) const {
    using namespace llvm::support;
    const char *p = data + i * elementBytes(type);
    switch (type) {
    case kU8:
      return static_cast<uint8_t>(*p);
    case kI8:
      return static_cast<int8_t>(*p);
    case kI16:
      return endian::read<int16_t>(p, llvm::endianness::big);
    case kI32:
      return endian::read<int32_t>(p, llvm::endianness::big);
    case kF32: {
      uint32_t bits = endian::read32be(p);
      float value;
      std::memcpy(&value, &bits, sizeof value);
      return static_cast<double>(value);
    }
    default: {
      uint64_t bits = endian::read64be(p);
      double value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
    }
  }
  bool isWhole() const { return type != kF32 && type != kF64; }
};

Trouble idxTrouble(llvm::StringRef file, const llvm::Twine &message) {
  return {.code = "E306", .message = message.str(), .place = {.file = file.str()}};
}

Fallible<Idx> readIdx(TextFile file) {
  llvm::StringRef bytes = file.bytes;
  size_t most = 4 + 4 * (bytes.size() >= 4 ? static_cast<uint8_t>(bytes[3]) : 0);
  if (bytes.size() < 4 || (bytes[0] == 0 && bytes[1] == 0 && bytes.size() < most))
    return idxTrouble(file.name, "the file ends at byte " + llvm::Twine(bytes.size()) + ", inside its header");
  if (!looksLikeIdx(bytes)) {
    std::string start;
    for (size_t i = 0; i < 4; ++i)
      start += (i ? " " : "") + llvm::toHex(bytes.substr(i, 1), true);
    return idxTrouble(file.name, "not an IDX file: it begins with " + start +
                                     ", expected 00 00, a type 08 to 0e and the number of dimensions");
  }
  Idx idx;
  idx.type = static_cast<uint8_t>(bytes[2]);
  size_t dimensions = static_cast<uint8_t>(bytes[3]);
  for (size_t i = 0; i < dimensions; ++i) {
    uint32_t size = llvm::support::endian::read32be(bytes.data() + 4 + 4 * i);
    if (size == 0)
      return idxTrouble(file.name,
                        "dimension " + llvm::Twine(i + 1) + " has size 0 (byte " + llvm::Twine(4 + 4 * i) + ")");
    idx.shape.push_back(size);
  }
  std::optional<uint64_t> elements = checkedElements(idx.shape);
  size_t header = 4 + 4 * dimensions;
  CheckedSize wanted = CheckedSize(elements.value_or(0)) * elementBytes(idx.type) + header;
  if (!elements || !wanted.value())
    return idxTrouble(file.name, "the sizes in the header, " + shapeText(idx.shape) + ", are impossible");
  if (*wanted.value() != bytes.size())
    return idxTrouble(file.name, "the header says " + shapeText(idx.shape) + ", which takes " +
                                     llvm::Twine(*wanted.value()) + " bytes, but the file " +
                                     (*wanted.value() > bytes.size() ? "ends at byte " : "continues to byte ") +
                                     llvm::Twine(bytes.size()));
  idx.data = bytes.data() + header;
  idx.elements = *elements;
  return idx;
}

/// Hands each element to `keep`; E303 for one that is not finite in `dtype`.
Checked eachElement(const Idx &idx, llvm::StringRef file, DType dtype, llvm::function_ref<void(double)> keep) {
  for (size_t i = 0; i < idx.elements; ++i) {
    const double value = idx.element(i);
    if (!isFiniteIn(dtype, value)) {
      Trouble trouble = notFinite("element " + std::to_string(i + 1), value);
      trouble.place.file = file.str();
      return trouble;
    }
    keep(value);
  }
  return allGood();
}

Checked readLabels(TextFile file, Dataset &data) {
  DLC_TRY(auto idx, readIdx(file));
  if (static_cast<size_t>(idx.shape[0]) != data.count)
    return Trouble{.code = "E307",
                   .message = data.origin + " has " + counted(data.count, "sample") + ", but " + file.name.str() +
                              " has " + counted(static_cast<size_t>(idx.shape[0]), "label"),
                   .place = {.file = file.name.str()}};
  data.labelOrigin = file.name.str();
  bool count = idx.shape.size() == 1 && idx.isWhole();
  for (size_t i = 0; count && i < data.count; ++i)
    count = idx.element(i) >= 0 && idx.element(i) <= kMostClass;
  if (!count) {
    data.targetKind = TargetKind::Numbers;
    data.targetSize = idx.elements / data.count;
    data.targetShape.assign(idx.shape.begin() + 1, idx.shape.end());
    data.numbers.reserve(idx.elements);
    return eachElement(idx, file.name, DType::F64, [&](double value) { data.numbers.push_back(value); });
  }
  data.targetKind = TargetKind::Classes;
  data.classes.resize(data.count);
  for (size_t i = 0; i < data.count; ++i)
    data.classes[i] = static_cast<int32_t>(idx.element(i));
  return allGood();
}

} // namespace

bool looksLikeIdx(llvm::StringRef bytes) {
  return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && elementBytes(static_cast<uint8_t>(bytes[2])) != 0 &&
         bytes[3] != 0;
}

std::optional<uint64_t> idxFileSize(llvm::StringRef bytes) {
  if (!looksLikeIdx(bytes))
    return std::nullopt;
  size_t dimensions = static_cast<uint8_t>(bytes[3]);
  if (bytes.size() < 4 + 4 * dimensions)
    return std::nullopt;
  CheckedSize size = elementBytes(static_cast<uint8_t>(bytes[2]));
  for (size_t i = 0; i < dimensions; ++i)
    size *= CheckedSize(llvm::support::endian::read32be(bytes.data() + 4 + 4 * i));
  return (size + 4 + CheckedSize(dimensions) * 4).value();
}

Fallible<Dataset> parseIdx(TextFile images, std::optional<TextFile> labels, DType dtype) {
  DLC_TRY(auto idx, readIdx(images));
  Dataset data;
  data.origin = images.name.str();
  data.count = static_cast<size_t>(idx.shape[0]);
  data.sampleShape = idx.shape.size() == 1 ? Shape{1} : Shape(idx.shape.begin() + 1, idx.shape.end());
  Checked read = allGood();
  if (idx.type == kU8) {
    data.values.form = Values::Form::Bytes;
    data.values.bytes = reinterpret_cast<const uint8_t *>(idx.data);
  } else {
    NumberStore store;
    store.reserve(idx.elements);
    read = eachElement(idx, images.name, dtype, [&](double value) { store.append(value); });
    data.values = store.take();
  }
  if (read && labels)
    read = readLabels(*labels, data);
  if (!read)
    return read.failure();
  return data;
}

} // namespace dlc::data
