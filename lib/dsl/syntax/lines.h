// Logical lines: where a statement or section header begins and ends, before anything is parsed.
// It knows comments, strings, brackets and the arrow that continues a line; it understands no expression.
#pragma once

#include "dlc/support/diags.h"
#include <optional>

namespace dlc::dsl {

/// A statement or a section header, from its first character to the end of its last physical line (comments in between
/// included).
struct Line {
  llvm::StringRef text;
  bool header = false;  ///< begins with '['
  bool balanced = true; ///< false: a bracket is still open where the line had to end
  bool readable = true; ///< false: nested too deep, which was reported; do not parse it
};

/// Keys whose value is the rest of the physical line: the file paths of the INI form.
bool isTextKey(llvm::StringRef key);

/// Whether a text begins with `name =`.
bool beginsStatement(llvm::StringRef text);

/// True for characters that can stand in a statement outside strings and comments.
bool hasMeaning(char c);

/// Cuts a text into logical lines and reports what can be seen without parsing: bytes that are no text (E101) and
/// brackets nested too deep (E115). Each call of next() is linear in the line it returns.
class LineScanner {
public:
  LineScanner(llvm::StringRef text, Diags &diags);

  std::optional<Line> next();
  /// Goes on behind a syntax error at `at` in an unbalanced `line`: at the next physical line that looks like the
  /// beginning of a statement (no deeper indented than `line`) or of a section.
  void recover(const Line &line, const char *at);

private:
  /// Skips blanks, line ends and whole-line comments; returns the first significant character, or the end.
  const char *skipToContent(const char *p) const;
  const char *skipLine(const char *p) const;
  bool looksLikeHeader(const char *p) const;

  llvm::StringRef text;
  Diags &diags;
  const char *at;
  const char *end;
  size_t rescanned = 0; // characters that recovery went back over
};

} // namespace dlc::dsl
