// Diagnostics as values.
// Order, repetitions and texts are those of Diags.
#include "dlc/session/finding.h"

namespace dlc::session {

std::vector<Finding> takeFindings(Diags &diags) {
  std::vector<Finding> findings;
  for (const Diagnostic *d : diags.sorted()) {
    Finding finding;
    finding.severity = d->severity;
    finding.code = d->code;
    finding.message = d->message;
    if (const Position at = diags.sources().position(d->loc); at.line) {
      finding.file = at.file.str();
      finding.line = at.line, finding.column = at.column, finding.endColumn = at.endColumn;
    } else {
      finding.file = d->place.file;
      finding.line = d->place.line, finding.column = d->place.column, finding.endColumn = d->place.endColumn;
    }
    for (const Diagnostic::Part &part : d->parts)
      if (part.kind == Diagnostic::PartKind::Help)
        finding.help += (finding.help.empty() ? "" : "\n") + part.text;
    finding.text = toString(*d, diags.sources());
    findings.push_back(std::move(finding));
  }
  diags.flush(llvm::nulls());
  return findings;
}

} // namespace dlc::session
