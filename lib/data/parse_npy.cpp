// .npy files from their bytes, and arrays as samples and targets.
// The header is a Python dictionary; only what NumPy itself writes into it is understood.
#include "dlc/data/formats.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

#include <cmath>
#include <cstring>

namespace dlc::data {
namespace {

constexpr llvm::StringLiteral kMagic = "\x93NUMPY";

Trouble npyTrouble(TextFile file, const llvm::Twine &message) {
  return {.code = "E306", .message = message.str(), .place = {.file = file.name.str()}};
}

/// What stands behind `'key':` in the dictionary.
std::optional<llvm::StringRef> entry(llvm::StringRef header, llvm::StringRef key) {
  size_t at = header.find(("'" + key + "'").str());
  if (at == llvm::StringRef::npos)
    return std::nullopt;
  llvm::StringRef rest = header.drop_front(at + key.size() + 2).ltrim();
  if (!rest.consume_front(":"))
    return std::nullopt;
  return rest.ltrim();
}

double half(uint16_t bits) {
  int exponent = bits >> 10 & 31;
  double mantissa = bits & 1023, sign = bits >> 15 ? -1 : 1;
  if (exponent == 31)
    return mantissa != 0 ? NAN : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

template <class T> T read(const char *p, bool big) {
  return llvm::support::endian::read<T>(p, big ? llvm::endianness::big : llvm::endianness::little);
}

/// Where element `i` stands, counted row by row.
const char *bytesOf(const NpyArray &array, size_t i) {
  if (array.columnMajor) { // the place of a row-major index in a file whose first index runs fastest
    size_t place = 0, stride = static_cast<size_t>(elementCount(array.shape)), rest = i;
    for (size_t d = array.shape.size(); d-- > 0;) {
      auto size = static_cast<size_t>(array.shape[d]);
      stride /= size;
      place += rest % size * stride;
      rest /= size;
    }
    i = place;
  }
  return array.data.data() + i * array.bytes;
}

/// A whole number with all its digits, of which a double does not hold 19.
std::string wholeText(const NpyArray &array, size_t i) {
  if (array.bytes != 8)
    return shortNumber(array.element(i));
  const auto bits = read<uint64_t>(bytesOf(array, i), array.bigEndian);
  return array.kind == 'i' ? std::to_string(static_cast<int64_t>(bits)) : std::to_string(bits);
}

/// The first whole number that needs more digits than a double has; empty: there is none.
std::string firstRounded(const NpyArray &array) {
  if (array.bytes == 8 && array.kind != 'f')
    for (size_t i = 0; i < array.elements(); ++i) {
      const auto bits = read<uint64_t>(bytesOf(array, i), array.bigEndian);
      const uint64_t magnitude = array.kind == 'i' && bits >> 63 ? 0 - bits : bits;
      // Behind the 53 digits from the first one that is set, all must be 0.
      if (magnitude >> 53 && llvm::countr_zero(magnitude) + 53 < static_cast<int>(llvm::bit_width(magnitude)))
        return wholeText(array, i);
    }
  return "";
}

} // namespace

bool looksLikeNpy(llvm::StringRef bytes) { return bytes.starts_with(kMagic); }

double NpyArray::element(size_t i) const {
  const char *p = bytesOf(*this, i);
  if (kind == 'f') {
    if (bytes == 2)
      return half(read<uint16_t>(p, bigEndian));
    if (bytes == 4) {
      float value;
      auto bits = read<uint32_t>(p, bigEndian);
      std::memcpy(&value, &bits, sizeof value);
      return static_cast<double>(value);
    }
    double value;
    auto bits = read<uint64_t>(p, bigEndian);
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  bool isSigned = kind == 'i';
  switch (bytes) {
  case 1:
    return isSigned ? static_cast<double>(static_cast<int8_t>(*p)) : static_cast<double>(static_cast<uint8_t>(*p));
  case 2:
    return isSigned ? static_cast<double>(read<int16_t>(p, bigEndian))
                    : static_cast<double>(read<uint16_t>(p, bigEndian));
  case 4:
    return isSigned ? static_cast<double>(read<int32_t>(p, bigEndian))
                    : static_cast<double>(read<uint32_t>(p, bigEndian));
  default:
    return isSigned ? static_cast<double>(read<int64_t>(p, bigEndian))
                    : static_cast<double>(read<uint64_t>(p, bigEndian));
  }
}

Fallible<NpyArray> parseNpy(TextFile file) {
  llvm::StringRef bytes = file.bytes;
  if (looksLikeZip(bytes)) {
    Trouble trouble = npyTrouble(file, "an archive of arrays, not a single one");
    trouble.help = "write Npz(...), which selects arrays by name";
    return trouble;
  }
  if (!looksLikeNpy(bytes))
    return npyTrouble(file, "not a .npy file: it does not begin with 93 4E 55 4D 50 59");
  if (bytes.size() < 12)
    return npyTrouble(file, "the file ends at byte " + llvm::Twine(bytes.size()) + ", inside its header");
  unsigned version = static_cast<uint8_t>(bytes[6]);
  if (version < 1 || version > 3)
    return npyTrouble(file, "version " + llvm::Twine(version) + " of the format (byte 6) is not supported");
  size_t begin = version == 1 ? 10 : 12;
  uint64_t length = version == 1 ? llvm::support::endian::read16le(bytes.data() + 8)
                                 : llvm::support::endian::read32le(bytes.data() + 8);
  if (length > bytes.size() - begin)
    return npyTrouble(file, "the file ends at byte " + llvm::Twine(bytes.size()) + ", inside its header");
  llvm::StringRef header = bytes.substr(begin, length);
  auto bad = [&](llvm::StringRef what) {
    return npyTrouble(file, "the header (byte " + llvm::Twine(begin) + ") has no " + what + " as NumPy writes it");
  };
  NpyArray array;
  auto descr = entry(header, "descr"), order = entry(header, "fortran_order"), shape = entry(header, "shape");
  if (!descr || (!descr->starts_with("'") && !descr->starts_with("[")))
    return bad("descr");
  const bool isRecord = descr->starts_with("["); // a list of fields
  llvm::StringRef type = isRecord ? descr->take_front(descr->find(']') + 1) : descr->drop_front().split('\'').first;
  array.bigEndian = type.starts_with(">");
  array.kind = type.size() > 1 ? type[1] : '\0';
  const bool sized = type.find_first_of("<>|=") == 0 && !type.drop_front(2).getAsInteger(10, array.bytes);
  bool known = !sized              ? false
               : array.kind == 'f' ? array.bytes == 2 || array.bytes == 4 || array.bytes == 8
               : array.kind == 'b' ? array.bytes == 1
                                   : (array.kind == 'i' || array.kind == 'u') &&
                                         (array.bytes == 1 || array.bytes == 2 || array.bytes == 4 || array.bytes == 8);
  if (!known)
    return npyTrouble(file, "elements of type '" + type.take_front(60) + (type.size() > 60 ? "..." : "") + "' (byte " +
                                llvm::Twine(static_cast<size_t>(type.data() - bytes.data())) + ") are not supported");
  if (!order || (!order->starts_with("True") && !order->starts_with("False")))
    return bad("fortran_order");
  array.columnMajor = order->starts_with("True");
  if (!shape || !shape->consume_front("("))
    return bad("shape");
  for (llvm::StringRef rest = shape->ltrim(); !rest.consume_front(")");) {
    int64_t size;
    if (rest.consumeInteger(10, size) || size < 0 || array.shape.size() == 32)
      return bad("shape");
    array.shape.push_back(size);
    rest = rest.ltrim();
    if (!rest.consume_front(",") && !rest.starts_with(")"))
      return bad("shape");
    rest = rest.ltrim();
  }
  array.data = bytes.drop_front(begin + length);
  CheckedSize wanted = CheckedSize(checkedElements(array.shape).value_or(~uint64_t{0})) * array.bytes;
  if (!wanted.value() || *wanted.value() != array.data.size())
    return npyTrouble(file, "the header says " + shapeText(array.shape) + " elements of " + llvm::Twine(array.bytes) +
                                " bytes, but " + llvm::Twine(array.data.size()) + " bytes follow it");
  return array;
}

namespace {
/// Hands each element to `keep`; E303 for one that is not finite in `dtype`.
Checked eachElement(TextFile file, const NpyArray &array, DType dtype, llvm::function_ref<void(double)> keep) {
  for (size_t i = 0; i < array.elements(); ++i) {
    const double value = array.element(i);
    if (!isFiniteIn(dtype, value)) {
      Trouble trouble = notFinite("element " + std::to_string(i + 1), value);
      trouble.place.file = file.name.str();
      return trouble;
    }
    keep(value);
  }
  return allGood();
}

Checked readTargets(TextFile file, const NpyArray &y, Dataset &data) {
  data.labelOrigin = file.name.str();
  if (y.shape.empty() || static_cast<size_t>(y.shape[0]) != data.count)
    return Trouble{.code = "E307",
                   .message = data.origin + " has " + counted(data.count, "sample") + ", but " + file.name.str() +
                              " has " + counted(y.shape.empty() ? 1 : static_cast<size_t>(y.shape[0]), "label"),
                   .place = {.file = file.name.str()}};
  // Whole numbers count classes where they can; whether that was meant is known once the loss is.
  bool count = y.shape.size() == 1 && y.kind != 'f';
  for (size_t i = 0; count && i < data.count; ++i)
    count = y.element(i) >= 0 && y.element(i) <= kMostClass;
  if (!count) {
    data.targetKind = TargetKind::Numbers;
    data.targetSize = y.elements() / data.count;
    data.targetShape.assign(y.shape.begin() + 1, y.shape.end());
    data.numbers.reserve(y.elements());
    return eachElement(file, y, DType::F64, [&](double value) { data.numbers.push_back(value); });
  }
  data.targetKind = TargetKind::Classes;
  data.classes.resize(data.count);
  for (size_t i = 0; i < data.count; ++i)
    data.classes[i] = static_cast<int32_t>(y.element(i));
  return allGood();
}
} // namespace

Fallible<Dataset> samplesOf(TextFile xFile, const NpyArray &x, std::optional<std::pair<TextFile, NpyArray>> y,
                            DType dtype) {
  if (x.shape.empty() || x.elements() == 0 || x.shape[0] > UINT32_MAX)
    return npyTrouble(xFile, "an array of shape " + shapeText(x.shape) + " holds no samples");
  Dataset data;
  data.origin = xFile.name.str();
  data.count = static_cast<size_t>(x.shape[0]);
  data.sampleShape = x.shape.size() == 1 ? Shape{1} : Shape(x.shape.begin() + 1, x.shape.end());
  Checked read = allGood();
  if (x.kind == 'u' && x.bytes == 1) {
    data.values.form = Values::Form::Bytes;
    data.values.ownBytes.resize(x.elements());
    for (size_t i = 0; i < x.elements(); ++i)
      data.values.ownBytes[i] = static_cast<uint8_t>(x.element(i));
    data.values.bytes = data.values.ownBytes.data();
  } else {
    NumberStore store;
    store.reserve(x.elements());
    read = eachElement(xFile, x, dtype, [&](double value) { store.append(value); });
    data.values = store.take();
    data.rounded = firstRounded(x);
  }
  if (read && y)
    read = readTargets(y->first, y->second, data);
  if (!read)
    return read.failure();
  return data;
}

} // namespace dlc::data
