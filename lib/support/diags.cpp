// Implements Diags: collecting, ordering, counting.
// How one diagnostic is printed is in diags_print.cpp.
#include "dlc/support/diags.h"

#include "diags_print.h"
#include "dlc/support/check.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace dlc {
namespace {

bool sameText(const Diagnostic &a, const Diagnostic &b) {
  return a.code == b.code && a.message == b.message && a.loc.Start == b.loc.Start && a.loc.End == b.loc.End &&
         a.place.file == b.place.file && a.place.line == b.place.line && a.place.column == b.place.column;
}

} // namespace

InFlight &InFlight::note(Loc loc, const llvm::Twine &text) {
  diagnostic->parts.push_back({Diagnostic::PartKind::Note, loc, text.str(), {}});
  return *this;
}
InFlight &InFlight::help(const llvm::Twine &text) {
  diagnostic->parts.push_back({Diagnostic::PartKind::Help, {}, text.str(), {}});
  return *this;
}
InFlight &InFlight::detail(const llvm::Twine &text) {
  diagnostic->parts.push_back({Diagnostic::PartKind::Detail, {}, text.str(), {}});
  return *this;
}
InFlight &InFlight::trail(std::vector<TrailLine> lines, const llvm::Twine &title) {
  if (!lines.empty())
    diagnostic->parts.push_back({Diagnostic::PartKind::Trail, {}, title.str(), std::move(lines)});
  return *this;
}

InFlight Diags::add(Severity severity, llvm::StringRef code) {
  const bool raises = werror && severity == Severity::Warning;
  ++(raises ? raised : severity == Severity::Error ? errors : warnings);
  if (raises)
    severity = Severity::Error;
  Diagnostic &d = pending.emplace_back();
  d.severity = severity;
  d.code = code.str();
  return InFlight(d);
}

InFlight Diags::error(Loc loc, ErrorCode code) {
  InFlight d = add(Severity::Error, code.str());
  d.diagnostic->loc = loc;
  return d;
}
InFlight Diags::warning(Loc loc, WarningCode code) {
  InFlight d = add(Severity::Warning, code.str());
  d.diagnostic->loc = loc;
  return d;
}
InFlight Diags::errorAt(FilePlace place, ErrorCode code) {
  InFlight d = add(Severity::Error, code.str());
  d.diagnostic->place = std::move(place);
  return d;
}
InFlight Diags::error(ErrorCode code) { return add(Severity::Error, code.str()); }

void Diags::noteSince(size_t first, Loc loc, const llvm::Twine &text) {
  for (Diagnostic &d : llvm::drop_begin(pending, first))
    d.parts.push_back({Diagnostic::PartKind::Note, loc, text.str(), {}});
}

std::vector<const Diagnostic *> Diags::sorted() const {
  std::vector<const Diagnostic *> result;
  for (const Diagnostic &d : pending)
    result.push_back(&d);
  llvm::stable_sort(result, [&](const Diagnostic *a, const Diagnostic *b) {
    auto orderA = sourcesRef.order(a->loc), orderB = sourcesRef.order(b->loc);
    if (orderA != orderB)
      return orderA < orderB;
    // One place, several diagnostics: repetitions become neighbours, and errors come before warnings.
    return a->severity < b->severity;
  });
  std::vector<const Diagnostic *> unique;
  for (const Diagnostic *d : result) {
    bool repeated = false;
    // Only diagnostics at the same place can repeat each other, and these are neighbours.
    for (auto it = unique.rbegin(); it != unique.rend() && (*it)->loc.Start == d->loc.Start && !repeated; ++it)
      repeated = sameText(**it, *d) || std::distance(unique.rbegin(), it) > 64;
    if (!repeated)
      unique.push_back(d);
  }
  return unique;
}

int Diags::exitCode() const {
  if (flushedExitCode != 0)
    return flushedExitCode;
  for (const Diagnostic *d : sorted()) {
    if (d->severity != Severity::Error)
      continue;
    const DiagInfo *info = findDiagInfo(d->code);
    return info == nullptr       ? 2
           : info->exitCode != 0 ? info->exitCode
                                 : 3; // a warning made an error is about the source
  }
  return 0;
}

void Diags::flush(llvm::raw_ostream &os, const DiagPrintOptions &options) {
  flushedExitCode = exitCode();
  unsigned printed = 0, hidden = 0;
  size_t bytes = 0;
  for (const Diagnostic *d : sorted()) {
    if (printed >= kMaxPrinted || bytes > kMaxPrintedBytes) {
      ++hidden;
      continue;
    }
    std::string text;
    llvm::raw_string_ostream buffer(text);
    if (options.color)
      buffer.enable_colors(true);
    if (options.json) {
      printJson(buffer, *d, sourcesRef);
    } else {
      if (printed != 0)
        buffer << '\n';
      printText(buffer, *d, sourcesRef, options.color);
    }
    bytes += text.size();
    ++printed;
    os << text;
  }
  if (hidden != 0 && options.json)
    os << "{\"v\":1,\"event\":\"more\",\"diagnostics\":" << hidden << "}\n";
  else if (hidden != 0)
    os << "\n" << hidden << " more\n";
  pending.clear();
}

void Diags::clear() {
  pending.clear();
  errors = warnings = raised = 0;
  flushedExitCode = 0;
}

} // namespace dlc
