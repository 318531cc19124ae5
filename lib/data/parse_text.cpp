// Text as tokens: one for each character, cut into samples of equal length.
// There is no normalisation: characters that look alike but are encoded differently stay different.
#include "dlc/data/formats.h"

#include "dlc/support/counted.h"

#include "llvm/ADT/STLExtras.h"
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

/// A text cut into its characters, and the code of each; so far 0.
struct Characters {
  std::vector<llvm::StringRef> all;
  std::map<llvm::StringRef, int32_t> codes;
};

Fallible<Characters> charactersOf(TextFile file) {
  Characters characters;
  characters.all.reserve(file.bytes.size());
  uint64_t line = 1;
  for (llvm::StringRef rest = file.bytes; !rest.empty();) {
    size_t size = characterBytes(rest);
    if (size == 0)
      return Trouble{.code = "E306",
                     .message = "byte " + std::to_string(file.bytes.size() - rest.size() + 1) + " is not UTF-8",
                     .place = {.file = file.name.str(), .line = static_cast<uint32_t>(line)}};
    llvm::StringRef character = rest.take_front(size);
    characters.all.push_back(character);
    characters.codes.try_emplace(character, 0);
    line += character == "\n";
    rest = rest.drop_front(size);
  }
  return characters;
}

/// The codes of the characters: their places among `names`, -1 for others; without names, those of the text, sorted.
std::vector<std::string> giveCodes(std::map<llvm::StringRef, int32_t> &codes, llvm::ArrayRef<std::string> names) {
  std::vector<std::string> all = names.vec();
  if (all.empty())
    for (const auto &[character, code] : codes)
      all.push_back(character.str());
  for (auto &[character, code] : codes)
    code = -1;
  for (size_t i = 0; i < all.size(); ++i)
    if (auto it = codes.find(all[i]); it != codes.end())
      it->second = static_cast<int32_t>(i);
  return all;
}

Trouble unknownCharacter(TextFile file, llvm::ArrayRef<llvm::StringRef> characters, size_t at, size_t known) {
  const auto line = 1 + llvm::count(characters.take_front(at), "\n");
  return {.code = "E304",
          .message = quoted(characters[at]) + " (character " + std::to_string(at + 1) + ") is not " +
                     (known == 1 ? "the only character" : "one of the " + counted(known, "character")) +
                     " of the training text",
          .place = {.file = file.name.str(), .line = static_cast<uint32_t>(line)}};
}

} // namespace

Fallible<std::vector<int32_t>> textTokens(TextFile text, llvm::ArrayRef<std::string> names) {
  DLC_TRY(auto characters, charactersOf(text));
  giveCodes(characters.codes, names);
  std::vector<int32_t> tokens;
  tokens.reserve(characters.all.size());
  for (size_t i = 0; i < characters.all.size(); ++i) {
    tokens.push_back(characters.codes.find(characters.all[i])->second);
    if (tokens.back() < 0)
      return unknownCharacter(text, characters.all, i, names.size());
  }
  return tokens;
}

Fallible<Dataset> parseText(TextFile file, size_t length, llvm::ArrayRef<std::string> names, TextUse use) {
  const bool learns = use == TextUse::Learn;
  file.bytes.consume_front("\xef\xbb\xbf"); // byte order mark
  // What editors put behind the last line is no part of a prompt where the net knows no lines.
  if (!learns && !llvm::is_contained(names, "\n") && file.bytes.consume_back("\n"))
    file.bytes.consume_back("\r");
  DLC_TRY(auto characters, charactersOf(file));
  const size_t count = characters.all.size(), needed = learns ? length + 1 : 1;
  if (count < needed)
    return Trouble{.code = "E309",
                   .message = learns ? "a text of " + counted(count, "character") + "; a sample takes " +
                                           std::to_string(length) + " and the next one"
                                     : "the text is empty, so there is nothing to continue",
                   .place = {.file = file.name.str()}};
  Dataset data;
  data.origin = file.name.str();
  data.sampleShape = {static_cast<int64_t>(length)};
  data.count = learns ? (count - 1) / length : (count + length - 1) / length;
  if (data.count > UINT32_MAX)
    return Trouble{
        .code = "E309", .message = "the text makes more than 2^32 samples", .place = {.file = file.name.str()}};
  data.classNames = giveCodes(characters.codes, names);
  data.values.form = Values::Form::Tokens;
  std::vector<int32_t> &tokens = data.values.tokens;
  tokens.reserve(data.count * length + 1);
  for (size_t i = 0; i < (learns ? data.count * length + 1 : count); ++i) {
    tokens.push_back(characters.codes.find(characters.all[i])->second);
    if (tokens.back() < 0)
      return unknownCharacter(file, characters.all, i, data.classNames.size());
  }
  if (learns) {
    data.targetKind = TargetKind::Next;
    return data;
  }
  if (const size_t over = count % length) {
    data.lastPlaces = {0, over};
    if (count > length) { // as much as there is before them
      const std::vector<int32_t> last(tokens.end() - static_cast<ptrdiff_t>(length), tokens.end());
      tokens.resize(count - over);
      tokens.insert(tokens.end(), last.begin(), last.end());
      data.lastPlaces = {length - over, length};
    }
    tokens.resize(data.count * length);
  }
  return data;
}

} // namespace dlc::data
