// format: runs the parts of formatting, each over the text that the one before it made.
// What the parts do is said in format_parts.h.
#include "dlc/dsl/format.h"

#include "dlc/dsl/parse.h"
#include "format_parts.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

std::string applyEdits(llvm::StringRef text, std::vector<Edit> edits) {
  // What is put in front of a stretch comes before what becomes of it.
  auto key = [](const Edit &edit) { return std::pair(edit.at.Start.getPointer(), edit.at.Start != edit.at.End); };
  llvm::stable_sort(edits, [&](const Edit &a, const Edit &b) { return key(a) < key(b); });
  std::string result;
  const char *at = text.begin();
  for (const Edit &edit : edits) {
    DLC_CHECK(edit.at.Start.getPointer() >= at) << "two edits overlap";
    result.append(at, edit.at.Start.getPointer());
    result += edit.text;
    at = edit.at.End.getPointer();
  }
  return result.append(at, text.end());
}

namespace {

/// A text with its tree, between two parts.
struct Draft {
  explicit Draft(llvm::StringRef source) : text(sources.add("", source)), file(parse(text, diags)) {
    DLC_CHECK(!diags.hadError()) << "formatting broke the text:\n" << source.str();
  }
  Sources sources;
  Diags diags{sources};
  llvm::StringRef text;
  File file;
};

/// Line ends of one kind, no byte order mark, an end to the last line.
std::string plainText(llvm::StringRef text) {
  text.consume_front("\xEF\xBB\xBF");
  std::string plain;
  plain.reserve(text.size() + 1);
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n')
      plain += text[i];
  if (!plain.empty() && plain.back() != '\n')
    plain += '\n';
  return plain;
}

} // namespace

std::optional<std::string> format(const File &file, llvm::StringRef text, const Registry &registry, Diags &diags) {
  std::string result = plainText(text);
  if (isClassic(file)) {
    // Said of the file as it is, so that mistakes have their places.
    Settings settings = readSettings(file, {}, diags);
    if (diags.hadError() || !build(file, settings, registry, {Mode::Infer, 1}, diags).graph || diags.hadError())
      return std::nullopt;
    Draft draft(result);
    result =
        rewriteClassicLines(draft.file, draft.text, readSettings(draft.file, {}, draft.diags), registry, draft.diags);
    Draft lines(result);
    result = rewriteClassicSections(lines.file, lines.text);
  }
  Draft named(result);
  result = rewriteNames(named.file, named.text, registry);
  return layOut(result);
}

} // namespace dlc::dsl
