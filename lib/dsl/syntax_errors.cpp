// Says what is wrong with a line that cannot be read: the place, what was expected, what was opened, what to write.
// Deciding that it cannot be read is the grammar's business.
#include "dlc/support/strings.h"
#include "words.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

namespace dlc::dsl {
namespace {

/// What stands before a place in a line: where the last word ended, and which brackets are open.
struct Before {
  It wordEnd;
  llvm::SmallVector<It, 8> open;
};
Before lookBefore(llvm::StringRef line, It place) {
  Before before{line.begin(), {}};
  for (It p = line.begin(); p < place;) {
    if (*p == '#' || (*p == ';' && p != line.begin() && p[-1] == '\n')) {
      while (p < place && *p != '\n')
        ++p;
      continue;
    }
    if (*p == '"') {
      It begin = p++;
      while (p < place && *p != '"' && *p != '\n')
        p += *p == '\\' && p + 1 < place ? 2 : 1;
      p = std::min(p + 1, place);
      before.wordEnd = std::max(begin + 1, p);
      continue;
    }
    if (*p == '(' || *p == '[')
      before.open.push_back(p);
    else if ((*p == ')' || *p == ']') && !before.open.empty())
      before.open.pop_back();
    if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
      before.wordEnd = p + 1;
    ++p;
  }
  return before;
}

/// The word at a place, as far as it is on one line.
Loc wordAt(It at, It last) {
  It end = at;
  while (end != last && isNameChar(*end))
    ++end;
  if (end == at && end != last) {
    llvm::StringRef rest(at, static_cast<size_t>(last - at));
    end += rest.starts_with("->") || rest.starts_with("//") ? 2 : 1;
    if (*at == '"')
      while (end != last && *end != '\n' && end[-1] != '"')
        ++end;
  }
  return locBetween(at, end);
}

/// A character that means nothing in the language. Bytes that are no text at all have been reported already.
void reportCharacter(llvm::StringRef rest, Diags &diags) {
  unsigned length = utf8Length(rest);
  unsigned char byte = static_cast<unsigned char>(rest[0]);
  if (length == 0 || byte < 0x20 || byte == 0x7F)
    return;
  llvm::StringRef character = rest.take_front(length);
  auto d = diags.error(locOf(character), "E101");
  d << "unexpected character " << (character == "'" ? "\"'\"" : ("'" + character + "'").str());
  for (llvm::StringRef quote : {"'", "`", "\u201C", "\u201D", "\u2018", "\u2019"})
    if (character == quote)
      d.help("strings take double quotes: \"...\"");
  if (character == "\u00D7")
    d.help("shapes are written with the letter x: 3x32x32");
  else if (character == "\u2192")
    d.help("an arrow is written ->");
  else if (character == ";")
    d.help("comments begin with #; a ; begins one only as the first character of a line");
  else if (character == "{" || character == "}")
    d.help("lists take [ ], arguments take ( )");
  else if (length > 1)
    d.help("letters outside ASCII may stand in comments and strings only");
}

} // namespace

It reportSyntaxError(const SyntaxError &error, const Line &line, Diags &diags) {
  It last = line.text.end();
  if (error.at != last && !hasMeaning(*error.at) && error.code != "E101") {
    reportCharacter({error.at, static_cast<size_t>(last - error.at)}, diags);
    return error.at;
  }
  Before before = lookBefore(line.text, error.at);
  llvm::StringRef gap(before.wordEnd, static_cast<size_t>(error.at - before.wordEnd));
  // What is missing at the end of a physical line is missing there, not at the beginning of the next one.
  const bool atLineEnd = error.at == last || gap.contains('\n');
  Loc loc = atLineEnd ? locBetween(before.wordEnd, before.wordEnd) : wordAt(error.at, last);
  auto d = diags.error(loc, error.code);
  d << error.message;
  llvm::StringRef rest(error.at, static_cast<size_t>(last - error.at));
  const bool arrow = !atLineEnd && rest.starts_with("->");
  if (error.code == "E104" && !before.open.empty()) {
    It open = before.open.back();
    d.note(locBetween(open, open + 1), llvm::Twine("to close this '") + llvm::Twine(*open) + "'");
    if (arrow && line.balanced)
      d.help("an arrow inside brackets needs parentheses of its own: (a -> b)");
  } else if (error.code == "E102" && !atLineEnd && rest.starts_with("(") && !gap.empty() &&
             isNameChar(before.wordEnd[-1])) {
    d.help("write the '(' directly behind the name");
  } else if (error.code == "E102" && !atLineEnd && llvm::isDigit(before.wordEnd[-1]) && isNameStart(*error.at)) {
    d.help("units are %, epochs, steps, s, m, h, MB and GB");
  } else if (error.code == "E112" && arrow) {
    d.help("bind the result to a name: output = " + textOf(locBetween(line.text.begin(), before.wordEnd)) + " -> ...");
  }
  return atLineEnd ? before.wordEnd : error.at;
}

} // namespace dlc::dsl
