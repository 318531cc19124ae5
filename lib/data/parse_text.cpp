// Text as tokens: one for each character, cut into samples of equal length.
// There is no normalisation: what looks alike but is coded differently is different.
#include "dlc/data/formats.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

#include <algorithm>
#include <map>

namespace dlc::data {
namespace {

/// Bytes of the UTF-8 character at the front; 0 if there is none.
size_t characterBytes(llvm::StringRef text) {
  const auto *begin = text.bytes_begin();
  return llvm::isLegalUTF8Sequence(begin, text.bytes_end()) ? llvm::getNumBytesForUTF8(*begin) : 0;
}

std::string quoted(llvm::StringRef character) {
  if (character == "\n")
    return "a line break";
  if (character.size() == 1 && !llvm::isPrint(character[0]))
    return "byte " + llvm::toHex(character, true);
  return "'" + character.str() + "'";
}

} // namespace

Fallible<Dataset> parseText(TextFile file, size_t length, llvm::ArrayRef<std::string> names) {
  std::vector<llvm::StringRef> characters;
  characters.reserve(file.bytes.size());
  uint64_t line = 1;
  std::map<llvm::StringRef, int32_t> codes;
  for (llvm::StringRef rest = file.bytes; !rest.empty();) {
    size_t size = characterBytes(rest);
    if (size == 0)
      return Trouble{.code = "E306",
                     .message = "byte " + std::to_string(file.bytes.size() - rest.size()) + " is no UTF-8",
                     .place = {.file = file.name.str(), .line = static_cast<uint32_t>(line)}};
    llvm::StringRef character = rest.take_front(size);
    characters.push_back(character);
    codes.try_emplace(character, 0);
    line += character == "\n";
    rest = rest.drop_front(size);
  }
  if (characters.size() < length + 1)
    return Trouble{.code = "E309",
                   .message = "a text of " + std::to_string(characters.size()) + " characters; a sample takes " +
                              std::to_string(length) + " and the one after",
                   .place = {.file = file.name.str()}};
  Dataset data;
  data.origin = file.name.str();
  data.sampleShape = {static_cast<int64_t>(length)};
  data.count = (characters.size() - 1) / length;
  if (data.count > UINT32_MAX)
    return Trouble{
        .code = "E309", .message = "the text makes more than 2^32 samples", .place = {.file = file.name.str()}};
  if (names.empty()) {
    int32_t code = 0;
    for (auto &[character, value] : codes) {
      value = code++;
      data.classNames.push_back(character.str());
    }
  } else {
    data.classNames = names.vec();
    for (auto &[character, value] : codes)
      value = -1;
    for (size_t i = 0; i < names.size(); ++i)
      if (auto it = codes.find(names[i]); it != codes.end())
        it->second = static_cast<int32_t>(i);
  }
  data.values.form = Values::Form::Tokens;
  data.values.tokens.resize(data.count * length + 1);
  line = 1;
  for (size_t i = 0; i < data.values.tokens.size(); ++i) {
    int32_t code = codes.find(characters[i])->second;
    if (code < 0)
      return Trouble{.code = "E304",
                     .message = quoted(characters[i]) + " (character " + std::to_string(i) + ") is none of the " +
                                std::to_string(names.size()) + " characters of the training text",
                     .place = {.file = file.name.str(), .line = static_cast<uint32_t>(line)}};
    line += characters[i] == "\n";
    data.values.tokens[i] = code;
  }
  data.targetKind = TargetKind::Next;
  return data;
}

} // namespace dlc::data
