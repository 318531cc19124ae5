// Writing a model file piece by piece, from where the tensors lie.
// How a file gets to the disk safely is support/files.h.
#include "checksum.h"
#include "dlc/model/model_file.h"
#include "trailer_layout.h"

#include <limits>

namespace dlc::model {
namespace {

class Output {
public:
  explicit Output(Sink sink) : sink(sink) {}
  void bytes(llvm::ArrayRef<char> piece) {
    if (!good)
      return;
    sum.add(piece);
    good = sink(piece);
  }
  void text(llvm::StringRef text) { bytes(llvm::ArrayRef(text.data(), text.size())); }
  template <class Word> void word(Word value) {
    bytes(llvm::ArrayRef(reinterpret_cast<const char *>(&value), sizeof value));
  }
  /// u32 length and bytes.
  void counted(llvm::StringRef value) {
    word(narrow(value.size()));
    text(value);
  }
  void checksum() {
    uint64_t value = sum.finish();
    if (good)
      good = sink(llvm::ArrayRef(reinterpret_cast<const char *>(&value), sizeof value));
  }
  static uint32_t narrow(size_t size) {
    DLC_CHECK(size <= std::numeric_limits<uint32_t>::max()) << "too long for a model file";
    return static_cast<uint32_t>(size);
  }

private:
  Sink sink;
  Checksum sum;
  bool good = true;
};

void appendCounted(std::string &out, llvm::StringRef text) {
  uint32_t size = Output::narrow(text.size());
  out.append(reinterpret_cast<const char *>(&size), sizeof size);
  out.append(text.begin(), text.end());
}

template <class Words> std::string listOf(const Words &words) {
  uint32_t count = Output::narrow(words.size());
  std::string out(reinterpret_cast<const char *>(&count), sizeof count);
  for (llvm::StringRef word : words)
    appendCounted(out, word);
  return out;
}

void section(Output &out, SectionKind kind, llvm::StringRef body) {
  out.word<uint32_t>(kind);
  out.word<uint64_t>(body.size());
  out.text(body);
}

void writeTrailer(Output &out, const Trailer &trailer) {
  out.text(kTrailerMagic);
  out.word(kTrailerVersion);
  constexpr uint32_t kAlways = 6;
  out.word<uint32_t>(kAlways + !trailer.means.empty() + !trailer.targetNames.empty()); // sections
  section(out, kSource, trailer.source);
  section(out, kClassNames, listOf(trailer.classNames));
  section(out, kColumnNames, listOf(trailer.columnNames));
  if (!trailer.means.empty())
    section(out, kMeans, {reinterpret_cast<const char *>(trailer.means.data()), trailer.means.size() * sizeof(double)});
  if (!trailer.targetNames.empty())
    section(out, kTargetNames, listOf(trailer.targetNames));
  section(out, kPrepare, trailer.prepare);
  section(out, kVersion, trailer.version);
  std::vector<llvm::StringRef> words;
  for (const auto &[key, value] : trailer.values) {
    words.push_back(key);
    words.push_back(value);
  }
  section(out, kValues, listOf(words));
  out.checksum();
}

void produce(Sink sink, llvm::ArrayRef<TensorView> tensors, const Trailer *trailer) {
  Output out(sink);
  out.text(kMagic);
  out.word(Output::narrow(tensors.size()));
  for (const TensorView &tensor : tensors) {
    DLC_CHECK(isFloat(tensor.type.dtype)) << "'" << tensor.name << "' is neither f32 nor f64";
    out.counted(tensor.name);
    out.word<uint32_t>(tensor.type.dtype == DType::F64 ? kWordF64 : kWordF32);
    out.word(Output::narrow(tensor.type.shape.size()));
    for (int64_t size : tensor.type.shape)
      out.word(static_cast<uint64_t>(size));
    out.bytes(llvm::ArrayRef(reinterpret_cast<const char *>(tensor.data), tensor.type.bytes()));
  }
  if (trailer)
    writeTrailer(out, *trailer);
}

} // namespace

TensorView view(const NamedTensor &tensor) { return {tensor.name, tensor.tensor.type(), tensor.tensor.data()}; }

absl::Status writeModel(llvm::StringRef path, llvm::ArrayRef<TensorView> tensors, const Trailer *trailer) {
  return writeFileAtomically(path, [&](Sink sink) { produce(sink, tensors, trailer); });
}

std::string modelBytes(llvm::ArrayRef<TensorView> tensors, const Trailer *trailer) {
  std::string bytes;
  produce(
      [&](llvm::ArrayRef<char> piece) {
        bytes.append(piece.begin(), piece.end());
        return true;
      },
      tensors, trailer);
  return bytes;
}

} // namespace dlc::model
