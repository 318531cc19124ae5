// Goes over a text character by character.
// What UTF-8 is, utf8Length() knows.
#include "dlc/support/printable.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Unicode.h"

#include <algorithm>

namespace dlc {
namespace {

enum class Kind : uint8_t { Plain, Control, Invalid };

/// The character at the front of a text, which is not empty.
struct Character {
  Kind kind = Kind::Plain;
  uint32_t code = 0; ///< or the byte, where it is no UTF-8
  size_t bytes = 1;
};

Character frontOf(llvm::StringRef text) {
  const unsigned length = utf8Length(text);
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 0)
    return {Kind::Invalid, byte(0), 1};
  uint32_t code = length == 1 ? byte(0) : byte(0) & (0xFFu >> (length + 1));
  for (unsigned i = 1; i < length; ++i)
    code = code << 6 | (byte(i) & 0x3F);
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  // Line and paragraph separators, and what changes the direction of the text around it.
  const bool steers = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
                      (code >= 0x2066 && code <= 0x2069);
  return {control || steers ? Kind::Control : Kind::Plain, code, length};
}

void escape(const Character &c, std::string &out) {
  if (c.code == '\n')
    out += "\\n";
  else if (c.code == '\r')
    out += "\\r";
  else if (c.code == '\t')
    out += "\\t";
  else if (c.code < 0x80 || c.kind == Kind::Invalid)
    out += "\\x" + llvm::utohexstr(c.code, true, 2);
  else
    out += "\\u" + llvm::utohexstr(c.code, true, 4);
}

} // namespace

std::string printable(llvm::StringRef text, Lines lines) {
  std::string out;
  while (!text.empty()) {
    const Character c = frontOf(text);
    if (lines == Lines::All && (c.code == '\n' || c.code == '\t'))
      out += text[0];
    else if (c.code == '\t')
      out += ' ';
    else if (c.kind != Kind::Plain)
      out += "\xEF\xBF\xBD"; // U+FFFD
    else
      out.append(text.data(), c.bytes);
    text = text.drop_front(c.bytes);
  }
  return out;
}

std::string escaped(llvm::StringRef text) {
  std::string out;
  while (!text.empty()) {
    const Character c = frontOf(text);
    if (c.kind == Kind::Plain)
      out.append(text.data(), c.bytes);
    else
      escape(c, out);
    text = text.drop_front(c.bytes);
  }
  return out;
}

std::string csvField(llvm::StringRef text) {
  std::string out;
  bool quoted = text.trim(' ') != text;
  while (!text.empty()) {
    const Character c = frontOf(text);
    quoted |= c.code == ',' || c.code == '"' || c.code == '\n' || c.code == '\r';
    if (c.code == '"')
      out += '"';
    if (c.kind == Kind::Plain || c.code == '\n' || c.code == '\r')
      out.append(text.data(), c.bytes);
    else
      escape(c, out);
    text = text.drop_front(c.bytes);
  }
  return quoted ? '"' + out + '"' : out;
}

std::string jsonSafe(llvm::StringRef json) {
  std::string out;
  while (!json.empty()) {
    const Character c = frontOf(json);
    if (c.kind == Kind::Control && c.code != '\n')
      out += "\\u" + llvm::utohexstr(c.code, true, 4);
    else
      out.append(json.data(), c.bytes);
    json = json.drop_front(c.bytes);
  }
  return out;
}

namespace {
size_t widthOf(llvm::StringRef character) {
  const int cells = llvm::sys::unicode::columnWidthUTF8(character);
  return cells < 0 ? 1 : static_cast<size_t>(cells);
}
} // namespace

size_t displayWidth(llvm::StringRef text) {
  size_t width = 0;
  while (!text.empty()) {
    const unsigned length = std::max(1u, utf8Length(text));
    width += widthOf(text.take_front(length));
    text = text.drop_front(length);
  }
  return width;
}

std::string fitted(llvm::StringRef text, size_t width) {
  constexpr llvm::StringLiteral kCut = "...";
  if (displayWidth(text) <= width)
    return text.str();
  if (width <= kCut.size())
    return kCut.take_front(width).str();
  // The end stays as well: it is what tells "class 11" from "class 12".
  const size_t front = (width - kCut.size() + 1) / 2, back = width - kCut.size() - front;
  auto next = [&](size_t at) { return text.substr(at, std::max(1u, utf8Length(text.drop_front(at)))); };
  size_t begin = 0, cells = 0;
  for (; cells + widthOf(next(begin)) <= front; begin += next(begin).size())
    cells += widthOf(next(begin));
  size_t end = begin;
  for (size_t left = displayWidth(text.drop_front(begin)); left > back; end += next(end).size())
    left -= widthOf(next(end));
  return (text.take_front(begin) + kCut + text.drop_front(end)).str();
}

std::string padded(llvm::StringRef text, size_t width, bool right) {
  const size_t cells = displayWidth(text);
  const std::string blanks(width > cells ? width - cells : 0, ' ');
  return right ? blanks + text.str() : text.str() + blanks;
}

std::string wrapped(llvm::StringRef line, size_t width) {
  constexpr llvm::StringLiteral kBar = " | ";
  if (displayWidth(line) <= width)
    return line.str();
  llvm::SmallVector<llvm::StringRef, 12> fields;
  line.split(fields, kBar);
  std::string out = fields.front().str(), indent(displayWidth(fields.front()), ' ');
  size_t cells = indent.size();
  for (llvm::StringRef field : llvm::ArrayRef(fields).drop_front()) {
    const size_t more = kBar.size() + displayWidth(field);
    if (cells > indent.size() && cells + more > width) {
      out += "\n" + indent;
      cells = indent.size();
    }
    out += (kBar + field).str();
    cells += more;
  }
  return out;
}

std::string listRow(llvm::StringRef label, size_t indent, llvm::StringRef text, size_t width) {
  const std::string margin(indent, ' ');
  std::string out = padded(label, indent);
  size_t cells = displayWidth(out);
  bool first = true;
  auto endLine = [&] {
    out.resize(llvm::StringRef(out).rtrim(' ').size());
    out += '\n';
  };
  auto breakLine = [&] {
    endLine();
    out += margin;
    cells = indent, first = true;
  };
  if (displayWidth(label) >= indent)
    breakLine();
  llvm::SmallVector<llvm::StringRef, 32> words;
  text.split(words, ' ');
  for (llvm::StringRef word : words) {
    if (!first && cells + 1 + displayWidth(word) > width)
      breakLine();
    cells += displayWidth(word) + !first;
    out += (first ? "" : " ") + word.str();
    first = false;
  }
  endLine();
  return out;
}

} // namespace dlc
