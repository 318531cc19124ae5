// Says what is wrong with a line that cannot be read: the place, what was expected, what was opened, what to write.
// Deciding that it cannot be read is the grammar's business.
#include "dlc/support/strings.h"
#include "names/sections.h"
#include "words.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

namespace dlc::dsl {
namespace {

/// A line, or what stands between brackets in it.
struct Level {
  It open;            ///< the bracket; null for the line itself
  It begin;           ///< of the first value: behind the bracket, or behind the '=' of the line
  It arrow = nullptr; ///< the last one
};

/// What stands before a place in a line.
struct Before {
  It wordEnd;
  llvm::SmallVector<Level, 8> levels;
  bool comment = false; ///< on the same physical line stands "/*", or "//" and a word: comments of other languages
  const Level &level() const { return levels.back(); }
};
Before lookBefore(llvm::StringRef line, It place) {
  Before before{line.begin(), {{nullptr, line.begin()}}};
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
    Level &level = before.levels.back();
    const llvm::StringRef here = line.drop_front(static_cast<size_t>(p - line.begin()));
    if (*p == '=' && !level.open && level.begin == line.begin())
      level.begin = p + 1;
    if (here.starts_with("->"))
      level.arrow = p;
    if (*p == '\n')
      before.comment = false;
    else if (here.starts_with("/*"))
      before.comment = true;
    else if (here.starts_with("//")) {
      const llvm::StringRef next = here.drop_front(2).ltrim(" \t");
      before.comment |= next.empty() || !llvm::isDigit(next.front());
    }
    if (*p == '(' || *p == '[')
      before.levels.push_back({p, p + 1});
    else if ((*p == ')' || *p == ']') && level.open)
      before.levels.pop_back();
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
  const bool quote = llvm::is_contained({"'", "`", "\u201C", "\u201D", "\u2018", "\u2019"}, character);
  const bool dash = character == "\u2013" || character == "\u2014" || character == "\u2212";
  if (quote)
    d.help("strings take double quotes: \"...\"");
  else if (character == "\u00D7")
    d.help("shapes are written with the letter x: 3x32x32");
  else if (character == "\u2192" || (dash && rest.drop_front(length).starts_with(">")))
    d.help("an arrow is written ->");
  else if (dash)
    d.help("a minus is written -");
  else if (character == ";")
    d.help("comments begin with #; a ; begins one only as the first character of a line");
  else if (character == "{" || character == "}")
    d.help("lists take [ ], arguments take ( )");
  else if (length > 1)
    d.help("letters outside ASCII are allowed only in comments and strings");
}

/// Sizes with crosses or commas between them, and blanks anywhere, as a shape: "3 x 32", "(3, 3)". "" for other text.
std::string shapeFrom(llvm::StringRef text) {
  std::string shape;
  bool digitNext = true, blank = false;
  for (char c : text) {
    if (llvm::isDigit(c)) {
      if (blank && !digitNext)
        return ""; // "3 32"
      shape += c;
      digitNext = false;
    } else if ((c == 'x' || c == 'X' || c == ',') && !digitNext) {
      shape += 'x';
      digitNext = true;
    } else if (c != ' ' && c != '\t') {
      return "";
    }
    blank = c == ' ' || c == '\t';
  }
  return digitNext || !llvm::StringRef(shape).contains('x') ? "" : shape;
}

/// Of what begins with a path that is not in quotes.
std::string pathAdvice(llvm::StringRef text) {
  auto endsPath = [](char c) { return llvm::isSpace(c) || c == ',' || c == '(' || c == ')' || c == '"'; };
  return ("paths are quoted: \"" + text.take_until(endsPath) + "\"").str();
}

/// What to write instead, of slips that are made often; "" of others. `rest` stands at the error; it is empty at the
/// end of a physical line.
std::string adviceOn(const SyntaxError &error, const Line &line, const Before &before, llvm::StringRef rest) {
  const Level &level = before.level();
  const llvm::StringRef done(level.begin, static_cast<size_t>(std::max(before.wordEnd, level.begin) - level.begin));
  const char last = before.wordEnd == line.text.begin() ? ' ' : before.wordEnd[-1];
  const bool arrow = rest.starts_with("->");
  const bool endsValue = error.code == "E102" || error.code == "E105";
  if (endsValue && !level.open && (before.comment || rest.starts_with("//") || rest.starts_with("/*")))
    return "comments begin with #";
  if (error.code == "E103" && rest.empty() && done.ends_with("->"))
    return "put the arrow at the start of the next line: -> Linear(10); if no step follows, remove it";
  if ((error.code == "E102" || error.code == "E104") && !arrow && level.arrow && !rest.empty() &&
      llvm::StringRef("+-*/@").contains(rest[0])) {
    const bool isShort = done.size() < 80 && !done.contains('\n');
    return "put the arrow in parentheses: (" + (isShort ? done.trim() : "a -> b").str() + ") " + rest[0] + " ...";
  }
  if (error.code == "E104" && level.open) {
    if (arrow && line.balanced)
      return "an arrow inside brackets needs its own parentheses: (a -> b)";
    std::string shape =
        shapeFrom(llvm::StringRef(level.begin, static_cast<size_t>(rest.end() - level.begin)).take_until([](char c) {
          return c == ')' || c == '\n';
        }));
    return rest.starts_with(",") && !shape.empty() ? "sizes are written " + shape : "";
  }
  if (error.code == "E105" && rest.size() > 1 && (rest[0] == '.' || rest[0] == '/') &&
      (isNameStart(rest[1]) || rest[1] == '.' || rest[1] == '/'))
    return pathAdvice(rest);
  if (error.code == "E112" && arrow)
    return ("bind the result to a name: output = " + done + " -> ...").str();
  if (error.code == "E112" && (rest == ":" || rest == "]") && findSection(done))
    return ("a section begins with [" + done + "]").str();
  if (error.code != "E102" || rest.empty())
    return "";
  if (rest.starts_with("(") && before.wordEnd != error.at && isNameChar(last))
    return "write the '(' directly after the name";
  const llvm::StringRef word = done.drop_front(done.find_last_of(" \t\r\n=") + 1); // -1 where there is none
  if (before.wordEnd == error.at && !word.empty() && isNameStart(word[0]) && word.contains('/')) // data/1.csv
    return pathAdvice({word.begin(), static_cast<size_t>(rest.end() - word.begin())});
  if (llvm::isDigit(last) && isNameStart(rest[0])) {
    const size_t number = done.find_last_not_of("0123456789xX") + 1; // also where nothing else stands
    const llvm::StringRef sizes(done.begin() + number, static_cast<size_t>(rest.end() - done.begin()) - number);
    std::string shape = shapeFrom(sizes.take_while([](char c) { return llvm::isDigit(c) || c == ' ' || c == 'x'; }));
    return shape.empty() ? "units are %, epochs, steps, s, m, h, MB and GB" : "shapes are written " + shape;
  }
  return "";
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
  if (It open = before.level().open; open && error.code == "E104")
    d.note(locBetween(open, open + 1), llvm::Twine("to close this '") + llvm::Twine(*open) + "'");
  llvm::StringRef rest(error.at, atLineEnd ? 0 : static_cast<size_t>(last - error.at));
  if (std::string advice = adviceOn(error, line, before, rest); !advice.empty())
    d.help(advice);
  return atLineEnd ? before.wordEnd : error.at;
}

} // namespace dlc::dsl
