// The slow half of the scanner: quotes, blanks, odd numbers and places for messages.
// The fast half is in the header, because it is inlined into the loop over the cells.
#include "csv_scanner.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dlc::data {

bool isMissing(llvm::StringRef text) {
  if (text.size() > 4)
    return false;
  for (llvm::StringRef word : {"", "?", "na", "n/a", "#n/a", "nan", "null"})
    if (text.equals_insensitive(word))
      return true;
  return false;
}

std::optional<double> cellNumber(llvm::StringRef text, char decimal) {
  std::string plain;
  if (decimal != '.') {
    if (text.contains('.')) // between thousands perhaps
      return std::nullopt;
    plain = text.str();
    if (size_t at = plain.find(decimal); at != std::string::npos)
      plain[at] = '.';
    text = plain;
  }
  if (text.consume_front("+") && text.starts_with("-"))
    return std::nullopt;
  double value = 0;
  auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (end != text.end() || text.empty())
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return text.contains_insensitive("e-") ? std::optional(0.0) : std::nullopt;
  return error == std::errc() && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

CsvScanner::CsvScanner(llvm::StringRef bytes, CsvDialect dialect)
    : begin(bytes.begin()), end(bytes.end()), at(bytes.begin()), separator(dialect.separator), decimal(dialect.decimal),
      comment(dialect.comment) {
  if (bytes.starts_with("\xef\xbb\xbf")) // byte order mark
    at += 3;
}

bool CsvScanner::isComment(const char *p) const {
  if (!comment || p == end || *p != comment)
    return false;
  llvm::StringRef rest(p, static_cast<size_t>(end - p));
  if (!rest.consume_front_insensitive("#N/A"))
    return true;
  return !rest.empty() && rest[0] != separator && rest[0] != '\n' && rest[0] != '\r' && !isBlank(rest[0]);
}

bool CsvScanner::beginRow() {
  while (at < end) {
    const char *p = skipBlanks(at);
    if (isComment(p))
      p = std::find(p, end, '\n');
    if (p < end && *p == '\r')
      ++p;
    if (p == end)
      break;
    if (*p != '\n') {
      ended = false;
      rowLine = nextLine;
      return true;
    }
    ++nextLine;
    at = p + 1;
  }
  at = end;
  return false;
}

bool CsvScanner::finishCell(const char *p) {
  if (isComment(p))
    p = std::find(p, end, '\n');
  if (p < end && *p == '\r' && (p + 1 == end || p[1] == '\n'))
    ++p;
  if (p == end) {
    ended = true;
  } else if (*p == '\n') {
    ended = true;
    ++nextLine;
    ++p;
  } else if (separator == ' ') {
    // `p` is at the next cell already.
  } else if (*p == separator) {
    ++p;
  } else {
    return false;
  }
  at = p;
  return true;
}

Cell CsvScanner::cell() {
  const char *p = skipBlanks(at);
  Cell result;
  result.line = nextLine;
  if (p < end && *p == '"') {
    const char *open = p++;
    bool doubled = false;
    while (p < end && (*p != '"' || (p + 1 < end && p[1] == '"'))) {
      doubled |= *p == '"';
      nextLine += *p == '\n';
      p += *p == '"' ? 2 : 1;
    }
    result.text = {open + 1, static_cast<size_t>(p - open - 1)};
    if (doubled) {
      std::string plain;
      for (const char *q = result.text.begin(); q < result.text.end(); ++q) {
        plain += *q;
        q += *q == '"';
      }
      result.text = unescaped.emplace_back(std::move(plain));
    }
    if (p == end) {
      badQuote = open;
    } else {
      ++p;
    }
    result.raw = {open, static_cast<size_t>(p - open)};
    p = skipBlanks(p);
    if (!finishCell(p)) {
      badQuote = open;
      skipRow();
    }
    return result;
  }
  const char *first = p;
  auto ends = [&](char c) { return c == '\n' || (separator == ' ' ? isBlank(c) : c == separator); };
  // Within a cell a comment stands behind a blank: C# is a name.
  while (p < end && !ends(*p) && !((p == first || isBlank(p[-1])) && isComment(p)))
    ++p;
  const char *last = p;
  while (last > first && (isBlank(last[-1]) || last[-1] == '\r'))
    --last;
  result.text = result.raw = {first, static_cast<size_t>(last - first)};
  if (separator == ' ')
    p = skipBlanks(p);
  finishCell(p);
  return result;
}

void CsvScanner::skipRow() {
  at = std::find(at, end, '\n');
  if (at < end) {
    ++at;
    ++nextLine;
  }
  ended = true;
}

FilePlace CsvScanner::rowPlace(llvm::StringRef file, const char *from, uint64_t line) const {
  constexpr size_t kMost = 160;
  FilePlace place{.file = file.str(), .line = line};
  const char *to = std::find(from, from + std::min<size_t>(kMost, static_cast<size_t>(end - from)), '\n');
  place.lineText = llvm::StringRef(from, static_cast<size_t>(to - from)).rtrim("\r").str();
  return place;
}

FilePlace CsvScanner::place(llvm::StringRef file, const Cell &cell) const {
  constexpr ptrdiff_t kBefore = 60, kAfter = 60;
  const char *from = cell.raw.begin(), *window = from - std::min(kBefore, from - begin);
  // Columns count from the line's beginning, which may be far away on a wide table.
  const char *lineBegin = from;
  while (lineBegin > begin && lineBegin[-1] != '\n')
    --lineBegin;
  window = std::max(window, lineBegin);
  const char *until = cell.raw.begin() + std::min<ptrdiff_t>(static_cast<ptrdiff_t>(cell.raw.size()), kAfter);
  const char *last = std::find(until, until + std::min(kAfter, end - until), '\n');
  FilePlace place{.file = file.str(), .line = cell.line};
  place.column = static_cast<uint64_t>(from - lineBegin) + 1;
  place.endColumn = place.column + std::max<uint64_t>(1, static_cast<uint64_t>(until - from));
  place.lineText = llvm::StringRef(window, static_cast<size_t>(last - window)).rtrim("\r").str();
  std::replace(place.lineText.begin(), place.lineText.end(), '\n', ' '); // inside a quoted cell
  place.lineTextColumn = static_cast<uint64_t>(window - lineBegin) + 1;
  return place;
}

char guessSeparator(llvm::StringRef bytes, const CsvDialect &dialect) {
  bytes.consume_front("\xef\xbb\xbf");
  llvm::SmallVector<llvm::StringRef, 2> lines;
  for (llvm::StringRef rest = bytes; lines.size() < 2 && !rest.empty();) {
    auto [line, after] = rest.split('\n');
    rest = after;
    line = line.trim(" \r");
    const bool isComment = dialect.comment && line.starts_with(llvm::StringRef(&dialect.comment, 1)) &&
                           !line.starts_with_insensitive("#N/A");
    if (!line.trim("\t").empty() && !isComment)
      lines.push_back(line);
  }
  const char none = dialect.decimal == ',' ? ';' : ','; // for a single column
  if (lines.empty())
    return none;
  bool seen[256] = {}, quoted = false;
  for (char c : lines[0]) {
    quoted ^= c == '"';
    if (!quoted)
      seen[static_cast<unsigned char>(c)] = true;
  }
  for (char separator : {'\t', ';', none})
    if (separator != dialect.comment && seen[static_cast<unsigned char>(separator)])
      return separator;
  // A heading of two words over a column of numbers is no table of two columns.
  bool blanks = seen[' '] && (lines.size() < 2 ? cellNumber(lines[0].split(' ').first, dialect.decimal).has_value()
                                               : lines[1].contains(' '));
  return blanks ? ' ' : none;
}

} // namespace dlc::data
