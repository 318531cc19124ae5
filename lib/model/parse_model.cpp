// Reading a model file from its bytes. Nothing is allocated before the bytes for it have been seen to be there.
// It opens no files and knows nothing of the net that the tensors belong to.
#include "checksum.h"
#include "dlc/model/model_file.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/counted.h"
#include "trailer_layout.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cstring>

namespace dlc::model {
namespace {

constexpr uint32_t kMaxNameLength = 4096, kMaxDimensions = 16;

/// A place in the file that moves on. Reading past the end leaves a trouble behind and gives zeros.
class Cursor {
public:
  /// `whole` is what messages call the bytes.
  Cursor(llvm::StringRef bytes, llvm::StringRef file, llvm::StringRef whole) : bytes(bytes), file(file), whole(whole) {}

  uint64_t offset() const { return at; }
  uint64_t left() const { return bytes.size() - at; }
  llvm::StringRef take(uint64_t size, llvm::StringRef what) {
    if (bad || size > left()) {
      truncated(size, what);
      return {};
    }
    llvm::StringRef result = bytes.substr(at, size);
    at += size;
    return result;
  }
  template <class Word> Word word(llvm::StringRef what) {
    llvm::StringRef raw = take(sizeof(Word), what);
    Word value = 0;
    if (!raw.empty())
      std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }

  void truncated(uint64_t size, llvm::StringRef what) {
    if (!bad)
      bad = Trouble{.code = "E404",
                    .message =
                        ("the " + whole + " ends at byte " + llvm::Twine(bytes.size()) + ", but " + what + " at byte " +
                         llvm::Twine(at) + " takes " + llvm::Twine(size) + (size == 1 ? " byte" : " bytes"))
                            .str(),
                    .place = {.file = file.str()}};
  }
  void damaged(const llvm::Twine &what, ErrorCode code = "E405") {
    if (!bad)
      bad =
          Trouble{.code = code, .message = (what + " at byte " + llvm::Twine(at)).str(), .place = {.file = file.str()}};
  }
  std::optional<Trouble> bad;

private:
  llvm::StringRef bytes, file, whole;
  uint64_t at = 0;
};

NamedTensor takeTensor(Cursor &in) {
  NamedTensor result;
  uint32_t nameLength = in.word<uint32_t>("the length of a tensor name");
  if (nameLength > kMaxNameLength)
    in.damaged("a tensor name of " + llvm::Twine(nameLength) + " bytes");
  result.name = in.take(nameLength, "a tensor name").str();
  uint32_t dtype = in.word<uint32_t>("a dtype");
  if (dtype != kWordF32 && dtype != kWordF64)
    in.damaged("unknown dtype " + llvm::Twine(dtype) + " (0 is f32, 1 is f64)", "E403");
  Type type{dtype == kWordF64 ? DType::F64 : DType::F32, {}};
  uint32_t dimensions = in.word<uint32_t>("a number of dimensions");
  if (dimensions > kMaxDimensions)
    in.damaged("a tensor of " + llvm::Twine(dimensions) + " dimensions");
  for (uint32_t i = 0; i < dimensions && !in.bad; ++i) {
    uint64_t size = in.word<uint64_t>("a dimension");
    if (size == 0 || size > INT64_MAX)
      in.damaged("a dimension of size " + llvm::Twine(size));
    type.shape.push_back(static_cast<int64_t>(size));
  }
  if (in.bad)
    return result;
  std::optional<uint64_t> elements = checkedElements(type.shape);
  std::optional<uint64_t> bytes = (CheckedSize(elements.value_or(0)) * byteSize(type.dtype)).value();
  if (!elements || !bytes) {
    in.damaged("'" + result.name + "' has the impossible shape " + shapeText(type.shape));
    return result;
  }
  llvm::StringRef raw = in.take(*bytes, "'" + result.name + "' (" + shapeText(type.shape) + ")");
  if (in.bad)
    return result;
  result.tensor = Tensor(type);
  std::memcpy(result.tensor.data(), raw.data(), raw.size());
  return result;
}

std::vector<std::string> takeStrings(Cursor &in) {
  uint32_t count = in.word<uint32_t>("a number of strings");
  std::vector<std::string> result;
  if (count > in.left() / sizeof(uint32_t))
    in.truncated(uint64_t{count} * sizeof(uint32_t), "a list of strings");
  for (uint32_t i = 0; i < count && !in.bad; ++i)
    result.push_back(in.take(in.word<uint32_t>("the length of a string"), "a string").str());
  return result;
}

Trailer takeTrailer(Cursor &in, llvm::StringRef file) {
  Trailer trailer;
  in.take(kTrailerMagic.size(), "the trailer");
  uint32_t version = in.word<uint32_t>("the trailer's version");
  if (!in.bad && version != kTrailerVersion)
    in.damaged("the trailer has version " + llvm::Twine(version) + "; this dlc reads version " +
                   llvm::Twine(kTrailerVersion) + ",",
               "E403");
  uint32_t sections = in.word<uint32_t>("the number of sections");
  for (uint32_t i = 0; i < sections && !in.bad; ++i) {
    uint32_t kind = in.word<uint32_t>("a section's kind");
    uint64_t length = in.word<uint64_t>("a section's length");
    llvm::StringRef body = in.take(length, "a section");
    Cursor inside(body, file, "section");
    switch (kind) {
    case kSource:
      trailer.source = body.str();
      break;
    case kClassNames:
      trailer.classNames = takeStrings(inside);
      break;
    case kColumnNames:
      trailer.columnNames = takeStrings(inside);
      break;
    case kTargetNames:
      trailer.targetNames = takeStrings(inside);
      break;
    case kMeans:
      if (body.size() % sizeof(double))
        in.damaged("means that are not a whole number of f64 values");
      trailer.means.resize(body.size() / sizeof(double));
      if (!trailer.means.empty())
        std::memcpy(trailer.means.data(), body.data(), trailer.means.size() * sizeof(double));
      break;
    case kPrepare:
      trailer.prepare = body.str();
      break;
    case kVersion:
      trailer.version = body.str();
      break;
    case kValues: {
      std::vector<std::string> words = takeStrings(inside);
      for (size_t w = 0; w + 1 < words.size(); w += 2)
        trailer.values.emplace_back(std::move(words[w]), std::move(words[w + 1]));
      if (words.size() % 2)
        in.damaged("a key without a value in the trailer");
      break;
    }
    default:
      break; // of a later version; the checksum covers it
    }
    // Offsets inside a section count from its beginning; what went wrong there is named by the section's place in the
    // file.
    if (inside.bad)
      in.damaged("section " + llvm::Twine(i) + " of the trailer does not fit its length");
  }
  return trailer;
}

} // namespace

bool looksLikeModel(llvm::StringRef bytes) { return bytes.starts_with(kMagic); }

std::optional<llvm::StringRef> Trailer::value(llvm::StringRef key) const {
  for (const auto &[name, text] : values)
    if (name == key)
      return llvm::StringRef(text);
  return std::nullopt;
}

const NamedTensor *ModelFile::find(llvm::StringRef name) const {
  auto it = llvm::find_if(tensors, [&](const NamedTensor &t) { return t.name == name; });
  return it == tensors.end() ? nullptr : &*it;
}

Fallible<ModelFile> parseModel(llvm::StringRef bytes, llvm::StringRef fileName, llvm::StringRef what) {
  // A beginning of the magic is a model file cut off very early; anything else is none.
  if (!looksLikeModel(bytes) && (bytes.empty() || !kMagic.starts_with(bytes)))
    return Trouble{.code = "E401",
                   .message = (bytes.empty() ? "the file is empty, so it is not a " + what
                                             : "not a " + what + ": it does not begin with DLASM1")
                                  .str(),
                   .place = {.file = fileName.str()},
                   .help = what == "checkpoint"
                               ? "a checkpoint is what `dlc train net.dsl --checkpoint net.ckpt` writes"
                               : "a model file is what `dlc train net.dsl -o net.model` writes"};
  Cursor in(bytes, fileName, what);
  in.take(kMagic.size(), "the magic");
  uint32_t count = in.word<uint32_t>("the number of tensors");
  constexpr uint64_t kLeastTensor = 3 * sizeof(uint32_t);
  if (!in.bad && count > in.left() / kLeastTensor)
    in.truncated(count * kLeastTensor, "a list of " + std::to_string(count) + " tensors");

  ModelFile result;
  llvm::StringSet<> names;
  for (uint32_t i = 0; i < count && !in.bad; ++i) {
    NamedTensor tensor = takeTensor(in);
    if (!in.bad && !names.insert(tensor.name).second)
      in.damaged("a second tensor '" + tensor.name + "' ends");
    result.tensors.push_back(std::move(tensor));
  }
  if (in.bad)
    return *in.bad;
  if (in.left() == 0)
    return result;

  llvm::StringRef rest = bytes.substr(in.offset());
  if (!rest.starts_with(kTrailerMagic.substr(0, rest.size()))) {
    in.damaged(counted(rest.size(), "unknown byte") + " after the last tensor,");
    return *in.bad;
  }
  Trailer trailer = takeTrailer(in, fileName);
  uint64_t summed = in.offset();
  uint64_t expected = in.word<uint64_t>("the checksum");
  if (!in.bad && in.left() != 0)
    in.damaged(counted(in.left(), "unknown byte") + " after the checksum,");
  if (in.bad)
    return *in.bad;
  Checksum sum;
  sum.add(llvm::ArrayRef(bytes.data(), summed));
  if (sum.finish() != expected)
    return Trouble{.code = "E405",
                   .message = ("the checksum at byte " + llvm::Twine(summed) + " does not match the contents: the " +
                               what + " was changed after it was written")
                                  .str(),
                   .place = {.file = fileName.str()}};
  result.trailer = std::move(trailer);
  return result;
}

} // namespace dlc::model
