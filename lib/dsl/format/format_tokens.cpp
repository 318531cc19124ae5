// Implements the cutting into words for the layout.
// The scanning functions are the grammar's own; the text was parsed before, so nothing can be wrong with it.
#include "format_tokens.h"

#include "syntax/lines.h"
#include "syntax/words.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace dlc::dsl {
namespace {

std::string commentText(llvm::StringRef comment) {
  comment = comment.rtrim();
  return comment.starts_with(";") ? "#" + comment.drop_front().str() : comment.str();
}

//===-- Words --===//

std::string numberText(llvm::StringRef written, const Expr &expr) {
  if (expr.as<ShapeLit>())
    return written.lower();
  const auto *number = expr.as<Number>();
  if (!number)
    return written.str();
  if (number->unit == Unit::None)
    return written.lower(); // 1e-4
  if (number->unit == Unit::Percent)
    return written.drop_back().rtrim().lower() + "%";
  size_t unitAt = written.size();
  while (unitAt > 0 && llvm::isAlpha(written[unitAt - 1]))
    --unitAt;
  std::string digits = written.take_front(unitAt).rtrim().lower();
  if (number->unit == Unit::Epochs || number->unit == Unit::Steps)
    return digits + " " + written.drop_front(unitAt).lower(); // 1 epoch, 5 epochs
  return digits + spelling(number->unit).str();
}

Token readToken(It &at, It last) {
  Token token;
  It begin = at;
  auto take = [&](TokenKind kind, size_t length) {
    at = begin + length;
    token.kind = kind;
    token.text.assign(begin, at);
    return token;
  };
  if (*at == '-' && at + 1 != last && at[1] == '>')
    return take(TokenKind::Arrow, 2);
  switch (*at) {
  case '=':
    return take(TokenKind::Assign, 1);
  case ',':
    return take(TokenKind::Comma, 1);
  case '(':
  case '[':
    return take(TokenKind::Open, 1);
  case ')':
  case ']':
    return take(TokenKind::Close, 1);
  case ':':
    return take(TokenKind::Colon, 1);
  default:
    break;
  }
  OpAt op;
  Expr expr;
  Name name;
  if (readSumOp(at, last, op) || readTermOp(at, last, op))
    return take(TokenKind::Operator, static_cast<size_t>(at - begin));
  if (readNumber(at, last, expr)) {
    token.text = numberText({begin, static_cast<size_t>(at - begin)}, expr);
    return token;
  }
  if (readString(at = begin, last, expr) || readPath(at = begin, last, name))
    return take(TokenKind::Word, static_cast<size_t>(at - begin));
  return take(TokenKind::Word, 1); // not in a text that was parsed
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

std::vector<Item> allItems(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  LineScanner lines(text, diags);
  std::vector<Item> items;
  It at = text.begin();
  size_t statementColumn = SIZE_MAX; // of the last statement, in the text as it was
  // What stands between two logical lines: the comment behind the first, blank lines, comments.
  auto gap = [&](It end) {
    llvm::StringRef rest(at, static_cast<size_t>(end - at));
    bool first = at != text.begin();
    while (!rest.empty()) {
      auto [lineText, after] = rest.split('\n');
      const bool whole = rest.size() != lineText.size();
      const size_t column = lineText.size() - lineText.ltrim().size();
      lineText = lineText.trim();
      if (first) {
        if (!lineText.empty())
          items.back().text = commentText(lineText);
      } else if (!lineText.empty()) {
        items.push_back({Item::Kind::Comment, commentText(lineText), {}, column > statementColumn});
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
    const size_t lineStart = text.rfind('\n', static_cast<size_t>(line->text.begin() - text.begin())) + 1; // npos: 0
    statementColumn = line->header ? SIZE_MAX : static_cast<size_t>(line->text.begin() - text.begin()) - lineStart;
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

} // namespace

std::vector<Item> itemsOf(llvm::StringRef text) { return tidyBlanks(allItems(text)); }

} // namespace dlc::dsl
