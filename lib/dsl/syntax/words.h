// The words of the language (names, numbers, strings, operators) as plain scanning functions, and what a syntax error
// is. grammar.cpp says in which order words may stand; nothing here looks further than one word.
#pragma once

#include "dlc/dsl/syntax/ast.h"
#include "lines.h"

namespace dlc::dsl {

using It = const char *; // an iterator into the buffer is a place in the source

/// Thrown where the text cannot be a statement any more; there is no backtracking across it. Caught in grammar.cpp.
struct SyntaxError {
  It at;
  ErrorCode code;
  llvm::StringRef message;
};

struct OpAt {
  ArithOp op = ArithOp::Add;
  Loc loc;
};

inline Loc locBetween(It begin, It end) {
  return {llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(end)};
}
bool isNameStart(char c);
bool isNameChar(char c);

/// Blanks, line ends and comments.
void skipBetweenWords(It &at, It last);

// Each reads one word at `at` and moves behind it; false, with `at` anywhere, where there is no such word.
bool readName(It &at, It last, Name &name);    ///< name
bool readPath(It &at, It last, Name &name);    ///< name { "." name }
bool readArgName(It &at, It last, Name &name); ///< name "=", in arguments
bool readNumber(It &at, It last, Expr &expr);  ///< shape, or number with its unit on the same physical line
bool readString(It &at, It last, Expr &expr);  ///< "..." with the escapes \" and \\ only
bool readRest(It &at, It last, Expr &expr);    ///< rest of the line, without its comment
bool readMinus(It &at, It last, Loc &loc);     ///< "-" that is not the beginning of an arrow
bool readSumOp(It &at, It last, OpAt &op);     ///< + -
bool readTermOp(It &at, It last, OpAt &op);    ///< * / // @

/// Reports an error in `line`, and returns from where on the text may be read again.
It reportSyntaxError(const SyntaxError &error, const Line &line, Diags &diags);

} // namespace dlc::dsl
