// The two printed forms of a diagnostic: text with the line and a caret, and a JSON line.
// Whatever a source file contains, the output stays small and free of control characters.
#include "diags_print.h"

#include "dlc/support/printable.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <algorithm>

namespace dlc {
namespace {

constexpr size_t kMaxText = 400;    // bytes of one message, note or help
constexpr size_t kMaxLine = 150;    // columns of a source line in an excerpt
constexpr size_t kBeforeCaret = 50; // of these, at least so many before the caret where the line is cut
constexpr size_t kMaxParts = 12;    // notes and helps of one diagnostic
constexpr int kMaxDetail = 50;      // lines of a table below a message
constexpr size_t kMaxTrail = 16;    // lines of one trail: the first and the last ones
constexpr size_t kMaxTrailGap = 48; // column at which the right-hand text of a trail stands at the latest

/// At most `limit` bytes of `text`, printable.
std::string shortened(llvm::StringRef text, size_t limit) {
  return printable(text.take_front(limit)) + (text.size() > limit ? "..." : "");
}

/// "iris.csv:57:9: ", as far as the place is known.
std::string whereIn(const FilePlace &place) {
  std::string text = shortened(place.file, kMaxText);
  llvm::raw_string_ostream os(text);
  if (place.line)
    os << ':' << place.line;
  if (place.line && place.column)
    os << ':' << place.column;
  os << ": ";
  return text;
}

class TextPrinter {
public:
  TextPrinter(llvm::raw_ostream &os, const Sources &sources, bool color) : os(os), sources(sources), color(color) {}

  void print(const Diagnostic &d) {
    Position at = sources.position(d.loc);
    if (at.line != 0)
      strong((printable(at.file) + ":" + llvm::Twine(at.line) + ":" + llvm::Twine(at.column) + ": ").str());
    else if (!d.place.file.empty())
      strong(whereIn(d.place));
    else if (d.code.empty())
      strong("dlc: ");
    const bool isError = d.severity == Severity::Error;
    paint(isError ? llvm::raw_ostream::RED : llvm::raw_ostream::MAGENTA, isError ? "error" : "warning");
    if (!d.code.empty())
      paint(isError ? llvm::raw_ostream::RED : llvm::raw_ostream::MAGENTA, llvm::Twine("[") + d.code + "]");
    os << ": ";
    strong(shortened(d.message, kMaxText));
    os << '\n';
    if (at.line != 0)
      excerpt(at, '^');
    else if (d.place.line != 0 && !d.place.lineText.empty())
      dataExcerpt(d.place);
    parts(d, at.file);
  }

private:
  void paint(llvm::raw_ostream::Colors c, const llvm::Twine &text) {
    if (color)
      os.changeColor(c, true);
    os << text;
    if (color)
      os.resetColor();
  }
  void strong(const llvm::Twine &text) {
    if (color)
      os.changeColor(llvm::raw_ostream::SAVEDCOLOR, true);
    os << text;
    if (color)
      os.resetColor();
  }

  /// Notes in the order they were added, then helps: the advice is the last thing read.
  void parts(const Diagnostic &d, llvm::StringRef file) {
    using Kind = Diagnostic::PartKind;
    size_t printed = 0;
    for (bool helps : {false, true})
      for (const Diagnostic::Part &part : d.parts) {
        if ((part.kind == Kind::Help) != helps || printed == kMaxParts)
          continue;
        ++printed;
        if (part.kind == Kind::Detail) {
          llvm::SmallVector<llvm::StringRef> lines;
          llvm::StringRef(part.text).split(lines, '\n', kMaxDetail);
          for (llvm::StringRef line : lines)
            os << "  " << shortened(line, kMaxText) << '\n';
          continue;
        }
        Position at = sources.position(part.loc);
        if (at.line != 0 && at.file != file)
          os << printable(at.file) << ':' << at.line << ':' << at.column << ": ";
        paint(helps ? llvm::raw_ostream::GREEN : llvm::raw_ostream::CYAN, helps ? "help" : "note");
        os << ": " << shortened(part.text, kMaxText) << '\n';
        if (at.line != 0)
          excerpt(at, '~');
        if (part.kind == Kind::Trail)
          trail(part.trail, file);
      }
  }

  void gutter(uint64_t line) {
    if (line)
      os << llvm::format("%5llu | ", static_cast<unsigned long long>(line));
    else
      os << "      | ";
  }

  void excerpt(const Position &at, char mark) {
    underlined(at.line, at.lineText, at.column - 1, at.endColumn - 1, mark);
  }
  void dataExcerpt(const FilePlace &place) {
    uint64_t shift = std::max<uint64_t>(place.lineTextColumn, 1);
    if (place.column == 0) {
      gutter(place.line);
      os << shortened(place.lineText, kMaxLine) << '\n';
      return;
    }
    uint64_t begin = place.column > shift ? place.column - shift : 0;
    uint64_t end = place.endColumn > place.column ? begin + (place.endColumn - place.column) : begin;
    underlined(place.line, place.lineText, begin, end, '^');
  }

  /// The line and `mark`s under the bytes [begin, end), at least one; a long line is cut around them.
  void underlined(uint64_t number, llvm::StringRef line, size_t begin, size_t end, char mark) {
    begin = std::min(begin, line.size());
    end = std::clamp(end, begin, line.size());
    size_t from = 0, to = line.size();
    if (line.size() > kMaxLine) {
      from = begin > kBeforeCaret ? begin - kBeforeCaret : 0;
      from = std::min(from, line.size() - kMaxLine);
      to = from + kMaxLine;
      auto inside = [&](size_t at) {
        return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80;
      };
      for (int i = 0; i < 3 && from > 0 && inside(from); ++i)
        --from;
      for (int i = 0; i < 3 && inside(to); ++i)
        --to;
    }
    end = std::min(end, to);
    bool cutFront = from > 0;
    gutter(number);
    os << (cutFront ? "..." : "") << printable(line.slice(from, to)) << (to < line.size() ? "..." : "") << '\n';
    gutter(0);
    os.indent(static_cast<unsigned>((cutFront ? 3 : 0) + displayWidth(line.slice(from, begin))));
    size_t width = std::max<size_t>(1, displayWidth(line.slice(begin, end)));
    paint(llvm::raw_ostream::GREEN, std::string(width, mark));
    os << '\n';
  }

  /// Each stretch of source at its own column, and what it made of the value at one common column.
  /// Lines of other files than `file`, that of the diagnostic, say which.
  void trail(llvm::ArrayRef<TrailLine> lines, llvm::StringRef file) {
    struct Row {
      unsigned line;
      std::string left, right;
    };
    std::vector<Row> rows;
    size_t column = 0;
    for (const auto &[index, entry] : llvm::enumerate(lines)) {
      if (lines.size() > kMaxTrail && index >= 3 && index < lines.size() - (kMaxTrail - 4)) {
        if (index == 3)
          rows.push_back({0, "...", ""});
        continue;
      }
      Position at = sources.position(entry.loc);
      if (at.line == 0)
        continue;
      size_t indent = std::min<size_t>(displayWidth(at.lineText.take_front(at.column - 1)), kMaxTrailGap - 8);
      std::string left =
          std::string(indent, ' ') + shortened(at.lineText.slice(at.column - 1, at.endColumn - 1), kMaxLine - indent);
      column = std::max(column, std::min(displayWidth(left), kMaxTrailGap));
      std::string right = shortened(entry.text, kMaxText);
      if (at.file != file)
        right += "   (" + shortened(at.file, kMaxText) + ")";
      rows.push_back({at.line, left, std::move(right)});
    }
    for (const Row &row : rows) {
      gutter(row.line);
      os << row.left;
      if (!row.right.empty()) {
        size_t width = displayWidth(row.left);
        os.indent(static_cast<unsigned>(width < column ? column - width + 3 : 3)) << row.right;
      }
      os << '\n';
    }
  }

  llvm::raw_ostream &os;
  const Sources &sources;
  bool color;
};

llvm::json::Object jsonOf(const Diagnostic &d, const Sources &sources) {
  auto place = [&](llvm::json::Object &object, Loc loc) {
    Position at = sources.position(loc);
    if (at.line == 0)
      return;
    object["file"] = printable(at.file);
    object["line"] = at.line;
    object["column"] = at.column;
    object["end_column"] = at.endColumn;
  };
  llvm::json::Object object;
  object["severity"] = d.severity == Severity::Error ? "error" : "warning";
  object["code"] = d.code;
  object["message"] = shortened(d.message, kMaxText);
  place(object, d.loc);
  if (!d.loc.isValid() && !d.place.file.empty()) {
    object["file"] = shortened(d.place.file, kMaxText);
    if (d.place.line)
      object["line"] = d.place.line;
    if (d.place.column) {
      object["column"] = d.place.column;
      object["end_column"] = std::max(d.place.endColumn, d.place.column);
    }
  }
  llvm::json::Array notes;
  std::string help;
  for (const Diagnostic::Part &part : llvm::ArrayRef(d.parts).take_front(kMaxParts)) {
    if (part.kind == Diagnostic::PartKind::Help) {
      help += help.empty() ? "" : "\n";
      help += shortened(part.text, kMaxText);
      continue;
    }
    llvm::json::Object note;
    note["message"] = shortened(part.text, kMaxText);
    place(note, part.loc);
    notes.push_back(std::move(note));
    for (const TrailLine &line : llvm::ArrayRef(part.trail).take_back(kMaxTrail)) {
      llvm::json::Object step;
      step["message"] = shortened(line.text, kMaxText);
      place(step, line.loc);
      notes.push_back(std::move(step));
    }
  }
  object["notes"] = std::move(notes);
  if (!help.empty())
    object["help"] = help;
  return object;
}

/// JSON with "v" first, then the other keys by name.
void printJson(llvm::raw_ostream &os, llvm::json::Object object) {
  std::string rest;
  llvm::raw_string_ostream(rest) << llvm::json::Value(std::move(object));
  os << "{\"v\":1,\"event\":\"diagnostic\"," << llvm::StringRef(rest).drop_front() << '\n';
}

} // namespace

void printText(llvm::raw_ostream &os, const Diagnostic &d, const Sources &sources, bool color) {
  TextPrinter(os, sources, color).print(d);
}

std::string toString(const Diagnostic &diagnostic, const Sources &sources) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printText(os, diagnostic, sources, /*color=*/false);
  return text;
}

void printJson(llvm::raw_ostream &os, const Diagnostic &d, const Sources &sources) {
  printJson(os, jsonOf(d, sources));
}

} // namespace dlc
