// Texts that are not UTF-8: UTF-16, as spreadsheets save it, is read; UTF-32 is refused.
// Which bytes are text at all is known to the callers.
#include "dlc/data/formats.h"
#include "dlc/data/source.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Endian.h"

namespace dlc::data {
namespace {

bool isUtf32(llvm::StringRef bytes) {
  return bytes.starts_with(llvm::StringRef("\xff\xfe\0\0", 4)) || bytes.starts_with(llvm::StringRef("\0\0\xfe\xff", 4));
}

/// How a text without a mark is ordered, by the zero bytes of its plain characters, which no UTF-8 has: all of them at
/// even places, or all at odd ones.
std::optional<llvm::endianness> orderOf(llvm::StringRef bytes) {
  constexpr size_t kLookedAt = 1 << 16;
  bool even = false, odd = false;
  for (size_t i = 0; i < std::min(bytes.size(), kLookedAt); ++i)
    if (bytes[i] == 0)
      (i % 2 ? odd : even) = true;
  if (even == odd)
    return std::nullopt;
  return even ? llvm::endianness::big : llvm::endianness::little;
}

} // namespace

std::optional<std::string> utf8OfUtf16(llvm::StringRef bytes) {
  if (bytes.size() < 2 || isUtf32(bytes))
    return std::nullopt;
  std::optional<llvm::endianness> order;
  const bool little = bytes.starts_with("\xff\xfe"), marked = little || bytes.starts_with("\xfe\xff");
  if (marked)
    order = little ? llvm::endianness::little : llvm::endianness::big;
  else
    order = orderOf(bytes);
  if (!order || bytes.size() % 2)
    return std::nullopt;
  std::vector<llvm::UTF16> units;
  for (size_t i = marked ? 2 : 0; i < bytes.size(); i += 2) {
    units.push_back(llvm::support::endian::read<uint16_t>(bytes.data() + i, *order));
    if (!marked && units.back() == 0)
      return std::nullopt;
  }
  std::string text;
  if (!units.empty() && !llvm::convertUTF16ToUTF8String(units, text))
    return std::nullopt;
  return text;
}

Fallible<DataFile> readTextFile(llvm::StringRef name, const LoadContext &context, Loc loc) {
  auto file = readDataFile(name, context, loc);
  if (!file)
    return file;
  if (isUtf32(file->text()))
    return Trouble{.code = "E306",
                   .message = "the file is text in UTF-32",
                   .place = {.file = file->path},
                   .help = "save it as UTF-8"};
  if (std::optional<std::string> text = utf8OfUtf16(file->text()))
    file->bytes = llvm::MemoryBuffer::getMemBufferCopy(*text, file->path);
  return file;
}

} // namespace dlc::data
