// Lists of pictures: a path and a class in each line.
// The pictures themselves are found and read by source_images.cpp.
#include "dlc/data/formats.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc::data {
namespace {

/// Path and label of a line: cut at its last tab, otherwise at its last comma, outside of quotes. A quote opens at the
/// beginning of either; elsewhere it is a character.
std::pair<llvm::StringRef, std::optional<llvm::StringRef>> cut(llvm::StringRef line) {
  size_t tab = llvm::StringRef::npos, comma = tab;
  bool quoted = false, beginning = true;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && (quoted || beginning)) // a doubled quote closes and opens again
      quoted = !quoted;
    else if (!quoted && c == '\t')
      tab = i;
    else if (!quoted && c == ',')
      comma = i;
    const bool separates = !quoted && (c == '\t' || c == ',');
    beginning = separates || (beginning && c == ' ') || (c == '"' && !quoted);
  }
  const size_t at = tab != llvm::StringRef::npos ? tab : comma;
  if (at == llvm::StringRef::npos)
    return {line, std::nullopt};
  return {line.take_front(at).trim(), line.drop_front(at + 1).trim()};
}

/// The text without its quotes; nothing where one is not closed.
std::optional<std::string> unquoted(llvm::StringRef text) {
  if (!text.consume_front("\""))
    return text.str();
  std::string plain;
  while (!text.empty()) {
    if (text.consume_front("\"\"")) {
      plain += '"';
    } else if (text.consume_front("\"")) {
      return text.empty() ? std::optional(plain) : std::nullopt;
    } else {
      plain += text.front();
      text = text.drop_front();
    }
  }
  return std::nullopt;
}

} // namespace

Fallible<std::vector<ListedPicture>> parsePictureList(TextFile list) {
  std::vector<ListedPicture> pictures;
  uint32_t number = 0;
  llvm::StringRef rest = list.bytes;
  for (rest.consume_front("\xef\xbb\xbf"); !rest.empty();) { // byte order mark
    auto [whole, after] = rest.split('\n');
    rest = after;
    ++number;
    const llvm::StringRef line = whole.trim(" \r");
    if (line.trim().empty())
      continue;
    auto refused = [&](ErrorCode code, const llvm::Twine &message) {
      return Trouble{.code = code, .message = message.str(), .place = {.file = list.name.str(), .line = number}};
    };
    auto [pathText, labelText] = cut(line);
    std::optional<std::string> path = unquoted(pathText), label = unquoted(labelText.value_or(""));
    if (!path || !label)
      return refused("E302", "this quote is not closed before the end of the cell");
    if (path->empty())
      return refused("E302", "there is no path in this line");
    if (labelText && label->empty())
      return refused("E304",
                     line.ends_with(",") ? "there is no label after the comma" : "there is no label after the tab");
    if (!pictures.empty() && pictures.front().label.empty() != label->empty())
      return refused("E304", label->empty() ? "this line has no label, but the first one has"
                                            : "this line has a label, but the first one has none");
    pictures.push_back({*std::move(path), *std::move(label), number});
  }
  return pictures;
}

} // namespace dlc::data
