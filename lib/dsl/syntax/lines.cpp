// Implements the cutting into logical lines.
// All of it is hand-written scanning with one pointer: it is what bounds the time and the depth of the grammar behind
// it.
#include "lines.h"

#include "words.h"

#include "dlc/dsl/names/vocabulary.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cstring>

namespace dlc::dsl {
namespace {

constexpr unsigned kMaxByteErrors = 20; // of a text that is no UTF-8
// Recovery may go over this many times the text again, and so stays linear; behind that, errors are left to the next
// run.
constexpr size_t kMaxRescans = 4;
constexpr size_t kFreeRescans = 1 << 20; // characters; a small text may be gone over as often as it takes

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

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

bool hasMeaning(char c) {
  return isNameChar(c) || isBlank(c) || (c != '\0' && std::strchr("+-*/@=,.()[]:%>\"#\n", c) != nullptr);
}

bool isTextKey(llvm::StringRef key) {
  return llvm::any_of(olderKeys(), [&](const OlderKey &k) { return k.restOfLine && k.name.equals_insensitive(key); });
}

bool beginsStatement(llvm::StringRef text) {
  if (text.empty() || !isNameStart(text.front()))
    return false;
  text = text.drop_while([](char c) { return isNameChar(c) || c == '.'; });
  return text.drop_while(isBlank).starts_with("=");
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
  char closers[kMaxNesting];
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
    if (*p == '(' || *p == '[') {
      if (depth == kMaxNesting) {
        diags.error(locOf({p, 1}), "E115") << "brackets are nested more than " << kMaxNesting << " deep";
        line.readable = line.balanced = false;
        p = skipLine(p);
        lastContent = p;
        depth = 0;
        break;
      }
      closers[depth++] = *p == '(' ? ')' : ']';
    } else if ((*p == ')' || *p == ']') && depth != 0) {
      if (closers[depth - 1] != *p) { // "(1]" closes nothing: the grammar will stop here at the latest
        line.balanced = false;
        p = skipLine(p);
        lastContent = p;
        depth = 0;
        break;
      }
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
    bool statement = content - p <= indent && beginsStatement({content, static_cast<size_t>(end - content)});
    if (!statement && !(content != end && looksLikeHeader(content)))
      continue;
    rescanned += at > p ? static_cast<size_t>(at - p) : 0;
    if (rescanned > kMaxRescans * text.size() + kFreeRescans)
      break;
    at = p;
    return;
  }
  at = end;
}

} // namespace dlc::dsl
