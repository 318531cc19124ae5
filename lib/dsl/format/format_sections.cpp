// rewriteClassicSections: [training] is [train], the lines of [optimizer] go there, and keys of [data] that the
// layer-list form keeps under [train] go to [data]. Lines move as they are, with the comments above and behind them.
#include "dlc/dsl/names/vocabulary.h"
#include "format_parts.h"
#include "settings/keys.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

class SectionWriter {
public:
  SectionWriter(const File &file, llvm::StringRef text) : file(file), text(text) {}

  std::string write() {
    const Section *train = find("train"), *data = find("data");
    std::vector<const Section *> older;
    for (const Section &section : file.sections)
      if (llvm::any_of(olderSectionNames(),
                       [&](llvm::StringRef name) { return name.equals_insensitive(section.kind.text); }))
        older.push_back(&section);
    if (!train && !older.empty()) { // [training] if there is one
      auto first = llvm::find_if(older, [](const Section *s) { return s->kind.text.equals_insensitive("training"); });
      train = first == older.end() ? older.front() : *first;
      edits.push_back({train->kind.loc, "train"});
    }
    if (train)
      moveDataKeys(*train, data);
    for (const Section *section : older)
      if (section != train)
        moveBody(*section, *train);
    return applyEdits(text, std::move(edits));
  }

private:
  const Section *find(llvm::StringRef kind) const {
    for (const Section &section : file.sections)
      if (section.kind.text.equals_insensitive(kind))
        return &section;
    return nullptr;
  }
  static Loc range(const char *begin, const char *end) {
    return {llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(end)};
  }
  /// Behind the line end.
  const char *lineEnd(const char *at) const {
    while (at != text.end() && *at != '\n')
      ++at;
    return at == text.end() ? at : at + 1;
  }
  const char *bodyEnd(const Section &section) const {
    return lineEnd(section.body.empty() ? section.loc.End.getPointer() : section.body.back().loc.End.getPointer());
  }

  /// Behind the comments below the last line, as far as they are not those above the next header.
  const char *endWithComments(const Section &section) const {
    const char *end = bodyEnd(section), *next = text.end();
    for (const Section &other : file.sections)
      if (!other.included && other.loc.Start.getPointer() >= end)
        next = std::min(next, commentsBegin(text, other.loc.Start.getPointer()));
    return llvm::StringRef(end, static_cast<size_t>(next - end)).trim().empty() ? end : next;
  }

  /// Everything below the header, and the comments around it, to the end of `train`; the comments of the header come
  /// above it.
  void moveBody(const Section &section, const Section &train) {
    const char *above = commentsBegin(text, section.loc.Start.getPointer()),
               *header = lineBegin(text, section.loc.Start.getPointer()), *body = lineEnd(section.loc.End.getPointer()),
               *end = endWithComments(section);
    edits.push_back({range(above, end), ""});
    const char *at = endWithComments(train);
    std::string moved(above, header);
    llvm::StringRef behind(section.loc.End.getPointer(), static_cast<size_t>(body - section.loc.End.getPointer()));
    if (!behind.trim().empty())
      moved += behind.trim().str() + "\n";
    moved += llvm::StringRef(body, static_cast<size_t>(end - body)).trim("\n");
    edits.push_back({range(at, at), llvm::StringRef(moved).trim("\n").str() + "\n"});
  }

  void moveDataKeys(const Section &train, const Section *data) {
    std::string moved;
    for (const Statement &s : train.body) {
      if (!llvm::any_of(keyTable(), [&](const Key &key) {
            return key.section == "data" && key.name.equals_insensitive(s.key.text);
          }))
        continue;
      const char *begin = commentsBegin(text, s.loc.Start.getPointer()), *end = lineEnd(s.loc.End.getPointer());
      moved.append(begin, end);
      edits.push_back({range(begin, end), ""});
    }
    if (moved.empty())
      return;
    const char *at = data ? bodyEnd(*data) : commentsBegin(text, train.loc.Start.getPointer());
    edits.push_back({range(at, at), data ? moved : "[data]\n" + moved + "\n"});
  }

  const File &file;
  llvm::StringRef text;
  std::vector<Edit> edits;
};

} // namespace

std::string rewriteClassicSections(const File &file, llvm::StringRef text) { return SectionWriter(file, text).write(); }

} // namespace dlc::dsl
