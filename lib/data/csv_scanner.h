// Cells, rows and numbers of separated text, as fast as one pass over the bytes allows.
// It knows no columns: what a cell means is decided by parse_csv.cpp. Private to data.
#pragma once

#include "dlc/data/formats.h" // cellNumber
#include "dlc/support/diags.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <deque>
#include <optional>
#include <string>

namespace dlc::data {

/// One cell: its text (quotes and blanks around it removed) and where it stands.
struct Cell {
  llvm::StringRef text;
  llvm::StringRef raw; ///< as it stands in the file
  uint64_t line = 0;
};

/// How a text is written.
struct CsvDialect {
  char separator = ','; ///< ' ' stands for runs of blanks and tabs
  char decimal = '.';   ///< what stands before the decimals of a number: '.' or ','
  char comment = 0;     ///< begins a comment, which goes on to the end of the line; 0: none does
};

/// What stands in for "no value": nothing, ?, NA, N/A, #N/A, NaN, null (case ignored).
bool isMissing(llvm::StringRef text);

/// Powers of ten that a double holds exactly.
inline constexpr double kExactPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// The number at `p` if it is of the common kind: at most 15 digits, no exponent. Then both the digits and the power of
/// ten are exact doubles, and one division rounds correctly (Clinger 1990). Returns its end, or nullptr for everything
/// else.
inline const char *shortNumberAt(const char *p, const char *end, char decimal, double &value) {
  auto isDigit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
  bool negative = p < end && *p == '-';
  p += negative;
  uint64_t digits = 0;
  const char *first = p;
  while (p < end && isDigit(*p))
    digits = digits * 10 + static_cast<uint64_t>(*p++ - '0');
  ptrdiff_t count = p - first, decimals = 0;
  if (p < end && *p == decimal) {
    const char *point = p++;
    while (p < end && isDigit(*p))
      digits = digits * 10 + static_cast<uint64_t>(*p++ - '0');
    decimals = p - point - 1;
    count += decimals;
  }
  if (count == 0 || count > 15 || (p < end && (*p == 'e' || *p == 'E')))
    return nullptr;
  value = static_cast<double>(digits);
  if (decimals)
    value /= kExactPowers[decimals];
  if (negative)
    value = -value;
  return p;
}

/// Walks through the text.
class CsvScanner {
public:
  CsvScanner(llvm::StringRef bytes, CsvDialect dialect);

  /// Skips empty lines and those of comments; false at the end of the text.
  bool beginRow();
  /// The next number, if the cell is an unquoted short number; nothing is consumed otherwise.
  bool shortNumber(double &value) {
    const char *p = skipBlanks(at);
    const char *after = shortNumberAt(p, end, decimal, value);
    if (!after)
      return false;
    after = skipBlanks(after);
    if (after != end && *after != '\n' && *after != separator && *after != '\r' &&
        !(separator == ' ' && isBlank(after[-1])))
      return false;
    return finishCell(after);
  }
  /// The next cell, whatever it is.
  Cell cell();
  /// True after the last cell of a row.
  bool rowEnded() const { return ended; }
  /// Goes to the beginning of the next line.
  void skipRow();

  /// Where the row began, for messages; lines count from 1.
  uint64_t line() const { return rowLine; }
  const char *position() const { return at; }
  /// Set when a quote was never closed or text follows a closing quote.
  const char *badQuote = nullptr;

  /// The place of a cell in `file`, with the part of the line around it.
  FilePlace place(llvm::StringRef file, const Cell &cell) const;
  /// The whole of the row that began at `begin`.
  FilePlace rowPlace(llvm::StringRef file, const char *begin, uint64_t line) const;

private:
  bool isBlank(char c) const { return c == ' ' || (c == '\t' && separator != '\t'); }
  const char *skipBlanks(const char *p) const {
    while (p < end && isBlank(*p))
      ++p;
    return p;
  }
  /// `p` is behind a cell: at a separator, a line end, the end of the text, or (with ' ') at the next cell. Fails at
  /// anything else.
  bool finishCell(const char *p);

  /// Whether a comment begins at `p`. An empty cell of Excel, #N/A, is none.
  bool isComment(const char *p) const;

  const char *begin, *end, *at;
  const char separator, decimal, comment;
  bool ended = true;
  uint64_t nextLine = 1, rowLine = 1;
  std::deque<std::string> unescaped; // cells that had doubled quotes
};

/// The separator of a text: a tab, ';' or ',' if its first line has one outside quotes; blanks if the first two lines
/// hold them between cells; otherwise ',' (a table of one column). Where ',' stands before decimals it separates no
/// cells. Of the dialect, the separator is not looked at.
char guessSeparator(llvm::StringRef bytes, const CsvDialect &dialect);

} // namespace dlc::data
