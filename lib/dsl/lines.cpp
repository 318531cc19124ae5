// Implements the cutting into logical lines.
// All of it is hand-written scanning with one pointer: it is what bounds the time and the depth of the grammar behind it.
#include "lines.h"

#include "dlc/dsl/ast.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>
#include <cstring>

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxByteErrors = 20; // of a text that is no UTF-8

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool isNameStart(char c) { return llvm::isAlpha(c) || c == '_'; }
bool isNameChar(char c) { return llvm::isAlnum(c) || c == '_'; }

/// Characters that can stand in a statement, outside strings and comments.
bool hasMeaning(char c) {
  return isNameChar(c) || isBlank(c) || (c != '\0' && std::strchr("+-*/@=,.()[]:%>\"#\n", c) != nullptr);
}

/// NUL and other control characters, and bytes that are no UTF-8, are wrong anywhere; once a line is enough.
void checkBytes(llvm::StringRef text, Diags &diags) {
  unsigned reported = 0;
  size_t i = 0;
  while (i < text.size() && reported < kMaxByteErrors) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
    unsigned length = c < 0x80 ? 1 : utf8Length(text.drop_front(i));
    if (!control && length != 0) {
      i += length;
      continue;
    }
    auto d = diags.error(locOf(text.substr(i, 1)), "E101");
    if (control)
      d << "control character (byte " << unsigned(c) << ") in the text";
    else
      d << "the text is not UTF-8 here (byte 0x" << llvm::utohexstr(c) << ")";
    ++reported;
    size_t lineEnd = text.find('\n', i);
    i = lineEnd == llvm::StringRef::npos ? text.size() : lineEnd;
  }
}

} // namespace

bool isTextKey(llvm::StringRef key) {
  return llvm::StringSwitch<bool>(key.lower())
      .Cases("train_file", "test_file", "train_label_file", "test_label_file", true)
      .Default(false);
}

LineScanner::LineScanner(llvm::StringRef text, Diags &diags) : text(text), diags(diags) {
  at = text.begin();
  end = text.end();
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    diags.error(locOf(text.take_front(2)), "E101") << "the text is UTF-16; save it as UTF-8";
    at = end;
    return;
  }
  if (text.starts_with("\xEF\xBB\xBF"))
    at += 3;
  checkBytes(text, diags);
}

const char *LineScanner::skipLine(const char *p) const {
  const void *found = p == end ? nullptr : std::memchr(p, '\n', static_cast<size_t>(end - p));
  return found ? static_cast<const char *>(found) : end;
}

const char *LineScanner::skipToContent(const char *p) const {
  while (p != end) {
    bool lineStart = p == text.begin() || p[-1] == '\n';
    if (isBlank(*p) || *p == '\n')
      ++p;
    else if (*p == '#' || (*p == ';' && lineStart))
      p = skipLine(p);
    else
      break;
  }
  return p;
}

bool LineScanner::looksLikeHeader(const char *p) const {
  llvm::StringRef line(p, static_cast<size_t>(skipLine(p) - p));
  if (!line.consume_front("["))
    return false;
  line = line.take_until([](char c) { return c == '#'; }).rtrim();
  if (!line.consume_back("]"))
    return false;
  line = line.trim();
  llvm::StringRef name = line.take_while(isNameChar);
  llvm::StringRef rest = line.drop_front(name.size());
  // "[model]" or "[block Name...]"; a list such as "[a, b]" or "[0]" is none.
  return !name.empty() && isNameStart(name[0]) &&
         (rest.empty() || (isBlank(rest[0]) && isNameStart(rest.ltrim().empty() ? '\0' : rest.ltrim()[0])));
}

bool LineScanner::looksLikeStatement(const char *p) const {
  if (p == end || !isNameStart(*p))
    return false;
  while (p != end && (isNameChar(*p) || *p == '.'))
    ++p;
  while (p != end && isBlank(*p))
    ++p;
  return p != end && *p == '=';
}

const char *LineScanner::reportCharacter(const char *p) {
  llvm::StringRef rest(p, static_cast<size_t>(end - p));
  unsigned length = utf8Length(rest);
  unsigned char byte = static_cast<unsigned char>(*p);
  if (length == 0 || (length == 1 && (byte < 0x20 || byte == 0x7F)))
    return p + 1; // checkBytes has spoken
  llvm::StringRef character = rest.take_front(length);
  auto d = diags.error(locOf(character), "E101");
  d << "unexpected character '" << character << "'";
  if (character == "'" || character == "\u201C" || character == "\u201D" || character == "\u2018" || character == "\u2019")
    d.help("strings take double quotes: \"...\"");
  else if (character == "\u00D7")
    d.help("shapes are written with the letter x: 3x32x32");
  else if (character == "\u2192")
    d.help("an arrow is written ->");
  else if (character == ";")
    d.help("comments begin with #; a ; begins one only as the first character of a line");
  else if (character == "{" || character == "}")
    d.help("lists take [ ], arguments take ( )");
  else if (length > 1)
    d.help("letters outside ASCII may stand in comments and strings only");
  return p + length;
}

std::optional<Line> LineScanner::next() {
  at = skipToContent(at);
  if (at == end)
    return std::nullopt;
  const char *begin = at;
  Line line;
  line.header = *begin == '[';
  const char *nameEnd = begin;
  while (nameEnd != end && isNameChar(*nameEnd))
    ++nameEnd;
  const bool onePhysicalLine = line.header || isTextKey({begin, static_cast<size_t>(nameEnd - begin)});

  unsigned depth = 0;
  unsigned reported = 0;
  const char *p = begin;
  const char *lastContent = begin; // one past the last character that is no blank and no comment
  while (p != end) {
    if (*p == '\n') {
      if (onePhysicalLine)
        break;
      const char *content = skipToContent(p);
      bool arrow = end - content >= 2 && content[0] == '-' && content[1] == '>';
      if (content == end || (depth == 0 && !arrow) || (depth != 0 && looksLikeHeader(content)))
        break;
      p = content;
      continue;
    }
    if (*p == '#') {
      p = skipLine(p);
      continue;
    }
    if (*p == '"') {
      for (++p; p != end && *p != '\n' && *p != '"'; ++p)
        if (*p == '\\' && p + 1 != end && p[1] != '\n')
          ++p;
      if (p != end && *p == '"')
        ++p;
      lastContent = p;
      continue;
    }
    if (!hasMeaning(*p) && !(onePhysicalLine && !line.header)) {
      // One complaint a run of such characters, and few a line: the rest would be noise.
      const char *run = p;
      if (reported++ < 3)
        p = reportCharacter(p);
      while (p != end && !hasMeaning(*p) && (p == run || static_cast<unsigned char>(*p) >= 0x80))
        ++p;
      line.readable = false;
      lastContent = p;
      continue;
    }
    if (*p == '(' || *p == '[') {
      if (++depth == kMaxNesting + 1) {
        diags.error(locOf({p, 1}), "E115") << "brackets are nested more than " << kMaxNesting << " deep";
        line.readable = line.balanced = false;
        p = skipLine(p);
        lastContent = p;
        depth = 0;
        break;
      }
    } else if ((*p == ')' || *p == ']') && depth != 0) {
      --depth;
    }
    if (!isBlank(*p))
      lastContent = p + 1;
    ++p;
  }
  if (depth != 0 && !onePhysicalLine)
    line.balanced = false;
  line.text = {begin, static_cast<size_t>(lastContent - begin)};
  at = p;
  return line;
}

void LineScanner::recover(const Line &line, const char *error) {
  if (line.balanced)
    return;
  const char *lineStart = line.text.begin();
  while (lineStart != text.begin() && lineStart[-1] != '\n')
    --lineStart;
  const auto indent = line.text.begin() - lineStart;
  for (const char *p = skipLine(std::max(error, line.text.begin())); p != end; p = skipLine(p)) {
    ++p; // behind the line end
    const char *content = p;
    while (content != end && (*content == ' ' || *content == '\t'))
      ++content;
    bool statement = content - p <= indent && looksLikeStatement(content);
    if (statement || (content != end && looksLikeHeader(content))) {
      at = p;
      return;
    }
  }
  at = end;
}

} // namespace dlc::dsl
