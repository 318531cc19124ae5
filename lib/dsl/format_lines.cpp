// Implements LineEdits.
// A statement begins its line: the grammar allows nothing else.
#include "format_lines.h"

namespace dlc::dsl {

void LineEdits::takeLine(const Statement &s, const char *end, llvm::StringRef replacement) {
  const char *begin = s.loc.Start.getPointer();
  while (begin != text.begin() && begin[-1] != '\n')
    --begin;
  if (end != text.end() && *end == '\n')
    ++end;
  put({llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(end)}, replacement);
}

void LineEdits::remove(const Statement &s) {
  const char *end = s.loc.End.getPointer();
  while (end != text.end() && (*end == ' ' || *end == '\t'))
    ++end;
  takeLine(s, end, "");
}

void LineEdits::replaceAll(llvm::ArrayRef<Statement> statements, llvm::StringRef lines) {
  for (const Statement &s : statements) {
    const char *end = s.loc.End.getPointer();
    while (end != text.end() && *end != '\n')
      ++end;
    takeLine(s, end, &s == &statements.front() ? lines : "");
  }
}

llvm::StringRef LineEdits::commentBehind(const Statement *s) const {
  if (!s)
    return "";
  llvm::StringRef rest(s->loc.End.getPointer(), static_cast<size_t>(text.end() - s->loc.End.getPointer()));
  rest = rest.split('\n').first.trim();
  return rest.starts_with("#") ? rest : "";
}

bool LineEdits::areNeighbours(const Statement &a, const Statement &b) {
  const char *end = a.loc.End.getPointer();
  llvm::StringRef between(end, static_cast<size_t>(b.loc.Start.getPointer() - end));
  return between.trim().empty() && between.count('\n') == 1;
}

bool LineEdits::contains(Loc loc) const {
  return loc.isValid() && loc.Start.getPointer() >= text.begin() && loc.End.getPointer() <= text.end();
}

} // namespace dlc::dsl
