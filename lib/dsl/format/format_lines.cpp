// Implements LineEdits.
// A statement begins its line: the grammar allows nothing else.
#include "format_lines.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {

const char *lineBegin(llvm::StringRef text, const char *at) {
  while (at != text.begin() && at[-1] != '\n')
    --at;
  return at;
}

const char *commentsBegin(llvm::StringRef text, const char *at) {
  const char *begin = lineBegin(text, at);
  while (begin != text.begin()) {
    const char *above = lineBegin(text, begin - 1);
    llvm::StringRef line = llvm::StringRef(above, static_cast<size_t>(begin - above)).ltrim();
    if (!line.starts_with("#") && !line.starts_with(";"))
      break;
    begin = above;
  }
  return begin;
}

void LineEdits::takeLine(const Statement &s, const char *end, llvm::StringRef replacement) {
  const char *begin = lineBegin(text, s.loc.Start.getPointer());
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
  const char *end = statements.back().loc.End.getPointer();
  while (end != text.end() && *end != '\n')
    ++end;
  if (end != text.end())
    ++end;
  put({llvm::SMLoc::getFromPointer(withComments(statements.front())), llvm::SMLoc::getFromPointer(end)}, lines);
}

std::string LineEdits::commentsAbove(llvm::ArrayRef<Statement> statements, const Statement *s) const {
  if (!s)
    return "";
  const char *begin = s == &statements.front() ? withComments(*s) : (s - 1)->loc.End.getPointer();
  llvm::StringRef between(begin, static_cast<size_t>(s->loc.Start.getPointer() - begin));
  if (s != &statements.front())
    between = between.split('\n').second; // behind the comment of the statement before
  std::string comments;
  for (llvm::StringRef line : llvm::split(between, '\n'))
    if (!line.trim().empty())
      comments += line.trim().str() + "\n";
  return comments;
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
