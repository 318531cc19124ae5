// layOut: canonical blanks and columns. The author's line breaks in front of arrows and inside brackets stay, and so
// does a column in which arrows of neighbouring lines were put under each other; everything else is decided here.
#include "format_parts.h"
#include "words.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace dlc::dsl {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kBeforeComment = 2;
constexpr size_t kNowhere = ~size_t{0};

enum class Kind : uint8_t { Word, Arrow, Operator, Assign, Comma, Open, Close, Colon };

struct Token {
  Kind kind = Kind::Word;
  std::string text;
  bool glued = false;                ///< nothing stood before it
  unsigned lineEnds = 0;             ///< before it
  std::vector<std::string> comments; ///< before it, on lines of their own; "" is a blank line
  std::string trailing;              ///< comment at the end of the line of the token before
  size_t column = 0;                 ///< in the text as it was
};

struct Item {
  enum class Kind : uint8_t { Blank, Comment, Header, Statement } kind;
  std::string text; ///< Comment; the comment behind a Header or Statement
  std::vector<Token> tokens;
};

/// A line of the result: pieces that begin at an arrow (or at the beginning), and a comment.
struct OutLine {
  struct Piece {
    std::string text;
    size_t column; ///< of its arrow in the text as it was; kNowhere where columns mean nothing
  };
  Item::Kind kind = Item::Kind::Statement;
  size_t indent = 0;
  std::vector<Piece> pieces;
  std::string comment;
};

std::string commentText(llvm::StringRef comment) {
  comment = comment.rtrim();
  return comment.starts_with(";") ? "#" + comment.drop_front().str() : comment.str();
}

//===-- Words --===//

std::string numberText(llvm::StringRef written, const Expr &expr) {
  if (expr.as<ShapeLit>())
    return written.lower();
  const auto *number = expr.as<Number>();
  if (!number || number->unit == Unit::None)
    return written.str();
  if (number->unit == Unit::Percent)
    return written.drop_back().rtrim().str() + "%";
  size_t unitAt = written.size();
  while (unitAt > 0 && llvm::isAlpha(written[unitAt - 1]))
    --unitAt;
  std::string digits = written.take_front(unitAt).rtrim().str();
  if (number->unit == Unit::Epochs || number->unit == Unit::Steps)
    return digits + " " + written.drop_front(unitAt).lower(); // 1 epoch, 5 epochs
  return digits + spelling(number->unit).str();
}

Token readToken(It &at, It last) {
  Token token;
  It begin = at;
  auto take = [&](Kind kind, size_t length) {
    at = begin + length;
    token.kind = kind;
    token.text.assign(begin, at);
    return token;
  };
  if (*at == '-' && at + 1 != last && at[1] == '>')
    return take(Kind::Arrow, 2);
  switch (*at) {
  case '=':
    return take(Kind::Assign, 1);
  case ',':
    return take(Kind::Comma, 1);
  case '(':
  case '[':
    return take(Kind::Open, 1);
  case ')':
  case ']':
    return take(Kind::Close, 1);
  case ':':
    return take(Kind::Colon, 1);
  default:
    break;
  }
  OpAt op;
  Expr expr;
  Name name;
  if (readSumOp(at, last, op) || readTermOp(at, last, op))
    return take(Kind::Operator, static_cast<size_t>(at - begin));
  if (readNumber(at, last, expr)) {
    token.text = numberText({begin, static_cast<size_t>(at - begin)}, expr);
    return token;
  }
  if (readString(at = begin, last, expr) || readPath(at = begin, last, name))
    return take(Kind::Word, static_cast<size_t>(at - begin));
  return take(Kind::Word, 1); // not in a text that was parsed
}

/// The words of one logical line of `text`.
std::vector<Token> tokensOf(llvm::StringRef text, const Line &line) {
  std::vector<Token> tokens;
  It at = line.text.begin(), last = line.text.end();
  llvm::StringRef key = line.text.take_while(isNameChar);
  const bool path = !line.header && isTextKey(key);
  It lineBegin = at; // of the physical line, for columns
  while (lineBegin != text.begin() && lineBegin[-1] != '\n')
    --lineBegin;
  Token next;
  unsigned lineEnds = 0, blankLines = 0;
  bool glued = false;
  while (at != last) {
    if (*at == ' ' || *at == '\t' || *at == '\r') {
      ++at;
      glued = false;
      continue;
    }
    if (*at == '\n') {
      lineBegin = ++at;
      ++lineEnds;
      ++blankLines;
      glued = false;
      continue;
    }
    if (*at == '#' || (*at == ';' && at[-1] == '\n')) {
      It end = std::find(at, last, '\n');
      std::string comment = commentText({at, static_cast<size_t>(end - at)});
      if (lineEnds == 0) {
        next.trailing = comment;
      } else {
        if (blankLines > 1)
          next.comments.push_back("");
        next.comments.push_back(comment);
      }
      blankLines = 0;
      at = end;
      continue;
    }
    if (blankLines > 1)
      next.comments.push_back("");
    const auto column = static_cast<size_t>(at - lineBegin);
    Token token;
    if (path && tokens.size() == 2) { // the rest of the line is a file name
      token.text.assign(at, last);
      at = last;
    } else {
      token = readToken(at, last);
    }
    token.glued = glued;
    token.lineEnds = lineEnds;
    token.column = column;
    token.comments = std::move(next.comments);
    token.trailing = std::move(next.trailing);
    tokens.push_back(std::move(token));
    next = {};
    lineEnds = blankLines = 0;
    glued = true;
  }
  return tokens;
}

std::vector<Item> itemsOf(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  LineScanner lines(text, diags);
  std::vector<Item> items;
  It at = text.begin();
  // What stands between two logical lines: the comment behind the first, blank lines, comments.
  auto gap = [&](It end) {
    llvm::StringRef rest(at, static_cast<size_t>(end - at));
    bool first = at != text.begin();
    while (!rest.empty()) {
      auto [lineText, after] = rest.split('\n');
      const bool whole = rest.size() != lineText.size();
      lineText = lineText.trim();
      if (first) {
        if (!lineText.empty())
          items.back().text = commentText(lineText);
      } else if (!lineText.empty()) {
        items.push_back({Item::Kind::Comment, commentText(lineText), {}});
      } else if (whole) {
        items.push_back({Item::Kind::Blank, "", {}});
      }
      first = false;
      rest = after;
    }
  };
  while (auto line = lines.next()) {
    gap(line->text.begin());
    items.push_back({line->header ? Item::Kind::Header : Item::Kind::Statement, "", tokensOf(text, *line)});
    at = line->text.end();
  }
  gap(text.end());
  return items;
}

/// At most one blank line in a row, none behind a header or at either end, one above each header and its comments.
std::vector<Item> tidyBlanks(std::vector<Item> items) {
  std::vector<Item> tidy;
  for (Item &item : items) {
    if (item.kind == Item::Kind::Blank &&
        (tidy.empty() || tidy.back().kind == Item::Kind::Blank || tidy.back().kind == Item::Kind::Header))
      continue;
    if (item.kind == Item::Kind::Header) {
      size_t above = tidy.size();
      while (above > 0 && tidy[above - 1].kind == Item::Kind::Comment)
        --above;
      if (above > 0 && tidy[above - 1].kind != Item::Kind::Blank)
        tidy.insert(tidy.begin() + static_cast<std::ptrdiff_t>(above), {Item::Kind::Blank, "", {}});
    }
    tidy.push_back(std::move(item));
  }
  while (!tidy.empty() && tidy.back().kind == Item::Kind::Blank)
    tidy.pop_back();
  return tidy;
}

//===-- Lines --===//

/// Writes the words of one header or statement.
class Writer {
public:
  Writer(const Item &item, size_t keyWidth, std::vector<OutLine> &out) : item(item), keyWidth(keyWidth), out(out) {}

  void write() {
    const std::vector<Token> &tokens = item.tokens;
    // Where brackets go over several lines, indentation follows the brackets and no arrow is moved under another.
    unsigned nesting = 0;
    for (const Token &token : tokens) {
      columnsCount &= nesting == 0 || token.lineEnds == 0;
      nesting += token.kind == Kind::Open;
      nesting -= token.kind == Kind::Close && nesting > 0;
    }
    newLine(0);
    bool assigned = item.kind == Item::Kind::Header;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const Token &token = tokens[i];
      if (i > 0)
        breakLine(tokens, i);
      if (token.kind == Kind::Assign && !assigned) {
        assigned = true;
        line().append(keyWidth > line().size() ? keyWidth - line().size() : 0, ' ');
        line() += " = ";
        continue;
      }
      const bool begins = line().empty() || llvm::StringRef(line()).ends_with("= ");
      if (token.kind == Kind::Arrow && depth.empty() && columnsCount) {
        if (!begins || out.back().pieces.size() > 1) {
          before += line().size() + 1;
          out.back().pieces.push_back({"", token.column});
        } else
          out.back().pieces.back().column = token.column;
      } else if (!begins && blankBefore(tokens, i)) {
        line() += ' ';
      }
      if (token.kind == Kind::Close && !depth.empty())
        depth.pop_back();
      line() += token.text;
      if (token.kind == Kind::Open) {
        const bool breaks = i + 1 < tokens.size() && mayBreak(tokens, i + 1);
        depth.push_back(breaks ? Bracket{out.back().indent + kIndent, out.back().indent} : Bracket{width(), width()});
      }
    }
    out.back().comment = item.text;
  }

private:
  std::string &line() { return out.back().pieces.back().text; }
  size_t width() { return before + line().size(); }
  void newLine(size_t indent) {
    out.push_back({item.kind, indent, {{"", kNowhere}}, ""});
    before = indent;
  }

  bool mayBreak(const std::vector<Token> &tokens, size_t i) const {
    const Token &token = tokens[i];
    if (!token.trailing.empty() || !token.comments.empty())
      return true;
    const Kind before = tokens[i - 1].kind;
    return token.lineEnds > 0 && (token.kind == Kind::Arrow || token.kind == Kind::Close || before == Kind::Comma ||
                                  before == Kind::Open || before == Kind::Operator);
  }
  void breakLine(const std::vector<Token> &tokens, size_t i) {
    const Token &token = tokens[i];
    if (!mayBreak(tokens, i))
      return;
    out.back().comment = token.trailing;
    size_t indent = depth.empty() ? kIndent : token.kind == Kind::Close ? depth.back().closer : depth.back().inside;
    for (const std::string &comment : token.comments)
      if (comment.empty()) {
        if (depth.empty())
          out.push_back({Item::Kind::Blank, 0, {{"", kNowhere}}, ""});
      } else {
        out.push_back({Item::Kind::Comment, indent, {{"", kNowhere}}, comment});
      }
    newLine(indent);
  }

  bool isUnary(const std::vector<Token> &tokens, size_t i) const {
    if (tokens[i].text != "-" || tokens[i].kind != Kind::Operator)
      return false;
    return i == 0 || (tokens[i - 1].kind != Kind::Word && tokens[i - 1].kind != Kind::Close);
  }
  bool blankBefore(const std::vector<Token> &tokens, size_t i) const {
    const Token &token = tokens[i], &before = tokens[i - 1];
    // An operator inside brackets keeps the author's choice: 2*width, out * alpha.
    auto airy = [&](size_t at) {
      return depth.empty() || !tokens[at].glued || (at + 1 < tokens.size() && !tokens[at + 1].glued);
    };
    if (token.kind == Kind::Comma || token.kind == Kind::Close || token.kind == Kind::Colon ||
        token.kind == Kind::Assign || before.kind == Kind::Open || before.kind == Kind::Colon ||
        before.kind == Kind::Assign)
      return false;
    if (token.kind == Kind::Arrow || before.kind == Kind::Arrow || before.kind == Kind::Comma)
      return true;
    if (before.kind == Kind::Operator)
      return !isUnary(tokens, i - 1) && airy(i - 1);
    if (token.kind == Kind::Operator)
      return airy(i);
    if (token.kind == Kind::Open) // of a call, a slice, a block's parameters
      return false;
    return true;
  }

  const Item &item;
  size_t keyWidth;
  std::vector<OutLine> &out;
  struct Bracket {
    size_t inside, closer; ///< where its lines begin, and the line of its end
  };
  std::vector<Bracket> depth; ///< the open brackets
  bool columnsCount = true;
  size_t before = 0; ///< width of the line in front of its last piece
};

size_t keyWidthOf(const Item &item) {
  return item.kind == Item::Kind::Statement && !item.tokens.empty() ? item.tokens.front().text.size() : 0;
}

/// Gives arrows that stood under each other on neighbouring lines one column again.
void alignArrows(std::vector<OutLine> &lines) {
  struct Arrow {
    size_t line, piece, column, group;
  };
  std::vector<Arrow> arrows;
  std::map<size_t, size_t> above, here; // column -> arrow of the line above, of this line
  for (size_t l = 0; l < lines.size(); ++l) {
    above = std::exchange(here, {});
    if (lines[l].kind != Item::Kind::Statement)
      continue;
    for (size_t p = 0; p < lines[l].pieces.size(); ++p) {
      size_t column = lines[l].pieces[p].column;
      if (column == kNowhere)
        continue;
      auto match = above.find(column);
      size_t group = match == above.end() ? arrows.size() : arrows[match->second].group;
      here[column] = arrows.size();
      arrows.push_back({l, p, column, group});
    }
  }
  // From left to right: all that stands before an arrow has its place already.
  llvm::stable_sort(arrows, [](const Arrow &a, const Arrow &b) {
    return a.column != b.column ? a.column < b.column : a.group < b.group;
  });
  struct Reached {
    size_t piece = 0, width;
  };
  std::vector<Reached> reached;
  for (const OutLine &line : lines)
    reached.push_back({0, line.indent});
  auto natural = [&](const Arrow &a) {
    Reached &r = reached[a.line];
    for (; r.piece < a.piece; ++r.piece)
      r.width += lines[a.line].pieces[r.piece].text.size() + 1;
    return r.width;
  };
  for (size_t i = 0; i < arrows.size();) {
    size_t end = i, column = 0;
    for (; end < arrows.size() && arrows[end].group == arrows[i].group; ++end)
      column = std::max(column, natural(arrows[end]));
    for (; i < end; ++i)
      if (arrows[i].piece > 0) {
        lines[arrows[i].line].pieces[arrows[i].piece - 1].text.append(column - natural(arrows[i]), ' ');
        reached[arrows[i].line].width = column;
      }
  }
}

std::string textOfLine(const OutLine &line) {
  std::string text(line.indent, ' ');
  for (const auto &[i, piece] : llvm::enumerate(line.pieces))
    text += (i ? " " : "") + piece.text;
  return llvm::StringRef(text).rtrim().str();
}

} // namespace

std::string layOut(llvm::StringRef text) {
  std::vector<Item> items = tidyBlanks(itemsOf(text));
  std::vector<OutLine> lines;
  for (size_t i = 0; i < items.size();) {
    // A paragraph: its keys are padded to one width.
    size_t end = i, width = 0;
    for (; end < items.size() && items[end].kind != Item::Kind::Blank &&
           (end == i || items[end].kind != Item::Kind::Header);
         ++end)
      width = std::max(width, keyWidthOf(items[end]));
    end = std::max(end, i + 1);
    for (; i < end; ++i)
      if (items[i].kind == Item::Kind::Blank || items[i].kind == Item::Kind::Comment)
        lines.push_back({items[i].kind, 0, {{"", kNowhere}}, items[i].text});
      else
        Writer(items[i], width, lines).write();
  }
  alignArrows(lines);

  std::string result;
  for (size_t i = 0; i < lines.size();) {
    auto endsParagraph = [&](const OutLine &line) {
      return line.kind == Item::Kind::Blank || line.kind == Item::Kind::Header;
    };
    size_t end = i, column = 0;
    for (; end < lines.size() && (end == i || !endsParagraph(lines[end])); ++end)
      if (lines[end].kind == Item::Kind::Statement && !lines[end].comment.empty())
        column = std::max(column, textOfLine(lines[end]).size() + kBeforeComment);
    for (; i < end; ++i) {
      std::string line = textOfLine(lines[i]);
      if (lines[i].kind == Item::Kind::Comment)
        line = std::string(lines[i].indent, ' ') + lines[i].comment;
      else if (lines[i].kind == Item::Kind::Header && !lines[i].comment.empty())
        line += "  " + lines[i].comment;
      else if (!lines[i].comment.empty())
        line += std::string(column - line.size(), ' ') + lines[i].comment;
      result += line + "\n";
    }
  }
  return result;
}

} // namespace dlc::dsl
