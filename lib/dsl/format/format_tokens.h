// A source as words and what stands between them: what the layout of format() works on.
// Places are forgotten, but for the columns of words.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::dsl {

enum class TokenKind : uint8_t { Word, Arrow, Operator, Assign, Comma, Open, Close, Colon };

struct Token {
  TokenKind kind = TokenKind::Word;
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
  bool indented = false; ///< a Comment that stood further to the right than the statement above it: it belongs to that
};

/// The statements, headers, comments and blank lines of a text that was parsed without errors. At most one blank line
/// in a row, none behind a header or at either end, one above each header and the comments that belong to it.
std::vector<Item> itemsOf(llvm::StringRef text);

} // namespace dlc::dsl
