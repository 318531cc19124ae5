// Diagnostics for the user: collected with places, sorted, and printed with the line and a caret, or as JSON.
// The codes and their long explanations are in diagnostics.def; trouble of the world (absl::Status) and bugs
// (DLC_CHECK) are not reported here.
#pragma once

#include "dlc/support/diag_code.h"
#include "dlc/support/sources.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"
#include <deque>
#include <string>
#include <vector>

namespace dlc {

enum class Severity : uint8_t { Error, Warning };

/// One row of diagnostics.def.
struct DiagInfo {
  llvm::StringRef code;  ///< "E232", "W501"
  llvm::StringRef title; ///< a few words
  int exitCode;          ///< of the program, when this is its first error; 0 for warnings
  llvm::StringRef page;  ///< long form: what, why, a wrong example, a right one (printed by `dlc explain`)
};
/// All rows, in order of their codes.
llvm::ArrayRef<DiagInfo> allDiagInfos();
/// The row of `code` (case ignored), or nullptr.
const DiagInfo *findDiagInfo(llvm::StringRef code);

/// One line of a shape trail: a stretch of source, and what the value was after it ("8x30x30").
struct TrailLine {
  Loc loc;
  std::string text;
};

/// A place in a file that is not held by Sources (a row of a data file). Lines and columns from 1, `endColumn`
/// exclusive; column 0 means the whole line, line 0 the whole file.
struct FilePlace {
  std::string file;
  uint64_t line = 0;
  uint64_t column = 0;
  uint64_t endColumn = 0;
  std::string lineText;        ///< the line or the part of it around the column; empty: no excerpt
  uint64_t lineTextColumn = 1; ///< column of the first byte of lineText, for excerpts of very long lines
  uint64_t cell = 0;           ///< of a table, from 1: printed instead of the column, which then only places the caret
};

/// What one diagnostic consists of. Users of Diags fill it through InFlight.
struct Diagnostic {
  enum class PartKind : uint8_t { Note, Help, Detail, Trail };
  struct Part {
    PartKind kind;
    Loc loc;
    std::string text;
    std::vector<TrailLine> trail;
  };
  Severity severity = Severity::Error;
  std::string code; ///< may be empty: "dlc: error: ..."
  Loc loc;
  FilePlace place; ///< used when `loc` is invalid and `place.file` is not empty
  std::string message;
  std::vector<Part> parts;
};

/// A diagnostic being written: `diags.error(loc, "E232") << "Linear says " << n;`. Everything that raw_ostream takes
/// can be shifted in. It refers to the Diags it came from and must not outlive it; the diagnostic counts from the
/// moment it is made.
class InFlight {
public:
  template <class T> InFlight &operator<<(const T &value) {
    llvm::raw_string_ostream(diagnostic->message) << value;
    return *this;
  }
  /// Another place that belongs to the matter, underlined with `~`; an invalid place gives a bare line.
  InFlight &note(Loc loc, const llvm::Twine &text);
  /// What to write instead.
  InFlight &help(const llvm::Twine &text);
  /// Lines printed as they are, below the excerpt (tables).
  InFlight &detail(const llvm::Twine &text);
  /// "note: how this value got its shape" and one line per entry.
  InFlight &trail(std::vector<TrailLine> lines, const llvm::Twine &title = "how this value got its shape");

private:
  friend class Diags;
  explicit InFlight(Diagnostic &d) : diagnostic(&d) {}
  Diagnostic *diagnostic;
};

/// One diagnostic as Diags::flush() prints it, without colours.
std::string toString(const Diagnostic &diagnostic, const Sources &sources);

struct DiagPrintOptions {
  bool color = false;
  bool json = false; ///< one `diagnostic` object per line
};

/// Collects diagnostics.
class Diags {
public:
  static constexpr unsigned kMaxPrinted = 20;          ///< errors printed by one flush
  static constexpr size_t kMaxPrintedBytes = 48 << 10; ///< and bytes; the rest is counted only

  explicit Diags(const Sources &sources) : sourcesRef(sources) {}
  Diags(const Diags &) = delete;
  Diags &operator=(const Diags &) = delete;

  InFlight error(Loc loc, ErrorCode code);
  InFlight warning(Loc loc, WarningCode code);
  /// In a data or model file: file, row and column instead of a Loc.
  InFlight errorAt(FilePlace place, ErrorCode code);
  /// Without a place: "dlc: error: ...".
  InFlight error(ErrorCode code = {});

  /// Adds a note to everything pending from number `first` on (see count()): the errors of a body, for instance, say
  /// who uses it.
  void noteSince(size_t first, Loc loc, const llvm::Twine &text);

  /// Whether the run has failed: after an error, or a warning that counts as one.
  bool hadError() const { return errors + raised != 0; }
  /// Errors proper: what could not be understood. A warning that counts as an error leaves everything understood, so
  /// that others are still looked for.
  unsigned errorCount() const { return errors; }
  unsigned warningCount() const { return warnings; }
  /// Diagnostics not yet printed.
  size_t count() const { return pending.size(); }
  /// Makes every warning reported from now on an error.
  void setWarningsAsErrors(bool on) { werror = on; }
  /// The exit code that the first error (in printed order) of everything reported so far asks for; 0 without errors.
  int exitCode() const;

  /// Prints what is pending, sorted by place and without repetitions, and forgets it. Counts stay.
  void flush(llvm::raw_ostream &os, const DiagPrintOptions &options = {});
  /// Pending diagnostics sorted by place, without repetitions.
  std::vector<const Diagnostic *> sorted() const;
  /// Forgets what is pending and the counts.
  void clear();

  const Sources &sources() const { return sourcesRef; }

private:
  InFlight add(Severity severity, llvm::StringRef code);
  const Sources &sourcesRef;
  std::deque<Diagnostic> pending; // a deque, because InFlight keeps pointers into it
  unsigned errors = 0, warnings = 0, raised = 0;
  int flushedExitCode = 0;
  bool werror = false;
};

/// Compares what is pending with the expectations written in the comments of `text`, a buffer of diags.sources():
///     # expected-error@+1 {{E232: Linear says 128 inputs}}
/// Kinds: expected-error, -warning, -note, -help. `@+N`, `@-N` and `@N` name a line, nothing means the line of the
/// comment. The text in braces must occur in the message; a leading "E232:" asks for that code. A note or help is
/// expected on the line it points to, without a place on the line of its diagnostic; errors and warnings must be
/// expected one for one, notes and helps may be left out. Diagnostics without a place in any buffer are expected at
/// line 0 (`@0`). Forgets what is pending; returns true when all was as expected, and otherwise prints what was not to
/// `os`.
bool verifyDiagnostics(Diags &diags, llvm::StringRef text, llvm::raw_ostream &os);

} // namespace dlc
