// layOut: canonical blanks and columns. The author's line breaks in front of arrows and inside brackets stay, and so
// does a column in which arrows of neighbouring lines were put under each other; everything else is decided here.
#include "format_parts.h"
#include "format_tokens.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace dlc::dsl {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kBeforeComment = 2;
constexpr size_t kNowhere = ~size_t{0};

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
      nesting += token.kind == TokenKind::Open;
      nesting -= token.kind == TokenKind::Close && nesting > 0;
    }
    newLine(0);
    bool assigned = item.kind == Item::Kind::Header;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const Token &token = tokens[i];
      if (i > 0)
        breakLine(tokens, i);
      if (token.kind == TokenKind::Assign && !assigned) {
        assigned = true;
        line().append(keyWidth > line().size() ? keyWidth - line().size() : 0, ' ');
        line() += " = ";
        continue;
      }
      const bool begins = line().empty() || llvm::StringRef(line()).ends_with("= ");
      if (token.kind == TokenKind::Arrow && depth.empty() && columnsCount) {
        if (!begins || out.back().pieces.size() > 1) {
          before += line().size() + 1;
          out.back().pieces.push_back({"", token.column});
        } else
          out.back().pieces.back().column = token.column;
      } else if (!begins && blankBefore(tokens, i)) {
        line() += ' ';
      }
      if (token.kind == TokenKind::Close && !depth.empty())
        depth.pop_back();
      line() += token.text;
      if (token.kind == TokenKind::Open) {
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
    // Blank lines alone are none: between brackets they are dropped.
    if (!token.trailing.empty() || llvm::any_of(token.comments, [](const std::string &c) { return !c.empty(); }))
      return true;
    const TokenKind before = tokens[i - 1].kind;
    return token.lineEnds > 0 &&
           (token.kind == TokenKind::Arrow || token.kind == TokenKind::Close || before == TokenKind::Comma ||
            before == TokenKind::Open || before == TokenKind::Operator);
  }
  void breakLine(const std::vector<Token> &tokens, size_t i) {
    const Token &token = tokens[i];
    if (!mayBreak(tokens, i))
      return;
    out.back().comment = token.trailing;
    size_t indent = depth.empty()                    ? kIndent
                    : token.kind == TokenKind::Close ? depth.back().closer
                                                     : depth.back().inside;
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
    if (tokens[i].text != "-" || tokens[i].kind != TokenKind::Operator)
      return false;
    return i == 0 || (tokens[i - 1].kind != TokenKind::Word && tokens[i - 1].kind != TokenKind::Close);
  }
  bool blankBefore(const std::vector<Token> &tokens, size_t i) const {
    const Token &token = tokens[i], &before = tokens[i - 1];
    // An operator inside brackets keeps the author's choice: 2*width, out * alpha.
    auto airy = [&](size_t at) {
      return depth.empty() || !tokens[at].glued || (at + 1 < tokens.size() && !tokens[at + 1].glued);
    };
    if (token.kind == TokenKind::Comma || token.kind == TokenKind::Close || token.kind == TokenKind::Colon ||
        token.kind == TokenKind::Assign || before.kind == TokenKind::Open || before.kind == TokenKind::Colon ||
        before.kind == TokenKind::Assign)
      return false;
    if (token.kind == TokenKind::Arrow || before.kind == TokenKind::Arrow || before.kind == TokenKind::Comma)
      return true;
    if (before.kind == TokenKind::Operator)
      return !isUnary(tokens, i - 1) && airy(i - 1);
    if (token.kind == TokenKind::Operator)
      return airy(i);
    if (token.kind == TokenKind::Open) // of a call, a slice, a block's parameters
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
  std::vector<Item> items = itemsOf(text);
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
        lines.push_back({items[i].kind, items[i].indented ? kIndent : 0, {{"", kNowhere}}, items[i].text});
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
