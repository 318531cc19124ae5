// Implements verifyDiagnostics: tests say in comments which diagnostics they expect, and where.
// It compares and explains differences; it never decides what is an error.
#include "dlc/support/diags.h"

#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <optional>

namespace dlc {
namespace {

struct Expectation {
  llvm::StringRef kind; ///< "error", "warning", "note", "help"
  llvm::StringRef code; ///< may be empty
  llvm::StringRef text;
  unsigned line;
  Loc loc;
  bool met = false;
};

bool isCode(llvm::StringRef text) {
  return text.size() == 4 && (text[0] == 'E' || text[0] == 'W') && llvm::all_of(text.drop_front(), llvm::isDigit);
}

/// Reads one `kind@+N {{text}}` that follows "expected-"; nothing when it is malformed.
std::optional<Expectation> readExpectation(llvm::StringRef text, unsigned line) {
  Expectation e{};
  e.loc = locOf(text.take_front(1));
  for (llvm::StringRef kind : {"error", "warning", "note", "help"})
    if (text.consume_front(kind))
      e.kind = kind;
  if (e.kind.empty())
    return std::nullopt;
  e.line = line;
  if (text.consume_front("@")) {
    bool plus = text.consume_front("+"), minus = !plus && text.consume_front("-");
    unsigned number = 0;
    if (text.consumeInteger(10, number) || (minus && number > line))
      return std::nullopt;
    e.line = plus ? line + number : minus ? line - number : number;
  }
  text = text.ltrim(" \t");
  if (!text.consume_front("{{"))
    return std::nullopt;
  // The text may itself end with a brace: take the last "}}" of a run.
  size_t end = text.find("}}");
  if (end == llvm::StringRef::npos)
    return std::nullopt;
  while (end + 2 < text.size() && text[end + 2] == '}')
    ++end;
  e.text = text.take_front(end);
  auto [head, rest] = e.text.split(':');
  if (isCode(head) && head.size() < e.text.size()) {
    e.code = head;
    e.text = rest.ltrim();
  } else if (isCode(e.text)) {
    e.code = e.text;
    e.text = {};
  }
  return e;
}

class Verifier {
public:
  Verifier(const Diags &diags, llvm::StringRef text, llvm::raw_ostream &os) : diags(diags), text(text), os(os) {}

  bool run() {
    readAll();
    for (const Diagnostic *d : diags.sorted())
      check(*d);
    for (const Expectation &e : expected)
      if (!e.met)
        fail(e.loc, "expected " + e.kind + " did not come: " + e.code + (e.code.empty() ? "" : ": ") + e.text +
                        " (line " + llvm::Twine(e.line) + ")");
    return ok;
  }

private:
  void readAll() {
    unsigned line = 1;
    for (llvm::StringRef rest = text; !rest.empty(); ++line) {
      llvm::StringRef current;
      std::tie(current, rest) = rest.split('\n');
      size_t comment = std::min(current.find('#'), current.find("//"));
      if (comment == llvm::StringRef::npos)
        continue;
      llvm::StringRef words = current.drop_front(comment);
      constexpr llvm::StringLiteral marker = "expected-";
      for (size_t at = words.find(marker); at != llvm::StringRef::npos; at = words.find(marker, at + 1)) {
        if (auto e = readExpectation(words.drop_front(at + marker.size()), line))
          expected.push_back(*e);
        else
          fail(locOf(words.substr(at, 1)), "malformed expectation");
      }
    }
  }

  void check(const Diagnostic &d) {
    llvm::StringRef kind = d.severity == Severity::Error ? "error" : "warning";
    unsigned line = lineOf(d.loc);
    if (!meet(kind, line, d.code, d.message))
      fail(d.loc, "unexpected " + kind + " " + d.code + ": " + d.message + " (line " + llvm::Twine(line) + ")");
    for (const Diagnostic::Part &part : d.parts) {
      bool help = part.kind == Diagnostic::PartKind::Help;
      meet(help ? "help" : "note", part.loc.isValid() ? lineOf(part.loc) : line, "", part.text);
      for (const TrailLine &step : part.trail)
        meet("note", lineOf(step.loc), "", step.text);
    }
  }

  unsigned lineOf(Loc loc) const {
    bool here = loc.isValid() && diags.sources().bufferOf(loc.Start).data() == text.data();
    return here ? diags.sources().position(loc).line : 0;
  }

  bool meet(llvm::StringRef kind, unsigned line, llvm::StringRef code, llvm::StringRef message) {
    for (Expectation &e : expected)
      if (!e.met && e.kind == kind && e.line == line && (e.code.empty() || e.code == code) && message.contains(e.text))
        return e.met = true;
    return false;
  }

  void fail(Loc loc, const llvm::Twine &why) {
    std::string where = diags.sources().where(loc);
    os << (where.empty() ? "" : where + ": ") << why << '\n';
    ok = false;
  }

  const Diags &diags;
  llvm::StringRef text;
  llvm::raw_ostream &os;
  std::vector<Expectation> expected;
  bool ok = true;
};

} // namespace

bool verifyDiagnostics(Diags &diags, llvm::StringRef text, llvm::raw_ostream &os) {
  bool ok = Verifier(diags, text, os).run();
  diags.clear();
  return ok;
}

} // namespace dlc
