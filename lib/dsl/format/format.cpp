// format: runs the parts of formatting, each over the text that the one before it made, and compares what the result
// says with what was given. What the parts do is said in format_parts.h.
#include "dlc/dsl/format/format.h"

#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ir/graph_text.h"
#include "dlc/support/files.h"
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

/// Where a source stands, and the files that it includes, as they were read for it.
struct Surroundings {
  llvm::StringRef path;
  std::vector<IncludedFile> files;
};

/// A text with its tree, between two parts.
struct Draft {
  Draft(llvm::StringRef source, const Surroundings &around) : text(sources.add("", source)), file(parse(text, diags)) {
    DLC_CHECK(!diags.hadError()) << "formatting broke the text:\n" << source.str();
    IncludeReader known = [&](llvm::StringRef path) -> absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> {
      for (const IncludedFile &included : around.files)
        if (included.path == path)
          return copyToBuffer(included.text, path);
      return absl::NotFoundError("it could not be read before");
    };
    (void)resolveIncludes(file, around.path, known, sources, diags);
  }
  Sources sources;
  Diags diags{sources};
  llvm::StringRef text;
  File file;
};

/// What a source says, places aside. Both must outlive it: the tree, and the text that it was made from.
struct Meaning {
  Settings settings;
  std::string graph; ///< of training, which the losses are a part of
};

/// Nothing after errors, which are in `diags`.
std::optional<Meaning> meaningOf(const File &file, const Vocabulary &vocabulary, Diags &diags) {
  Meaning meaning{readSettings(file, {}, vocabulary, diags), ""};
  if (diags.hadError())
    return std::nullopt;
  Net net = build(file, meaning.settings, vocabulary, {Mode::Train, /*batch=*/2}, diags);
  if (!net.graph || diags.hadError())
    return std::nullopt;
  llvm::raw_string_ostream os(meaning.graph);
  printGraph(os, *net.graph, {.line = 0, .origins = false});
  return meaning;
}

/// What of two sources is not the same; "" if nothing is.
std::string change(const Meaning &before, const Meaning &after) {
  if (before.graph != after.graph)
    return "the net";
  if (before.settings.constants != after.settings.constants)
    return "a constant";
  const std::vector<Difference> found = differences(before.settings, after.settings);
  return found.empty() ? "" : found.front().key;
}

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

std::string rewrite(llvm::StringRef text, const Surroundings &around, bool older, const Vocabulary &vocabulary) {
  std::string result = plainText(text);
  if (older) {
    Draft draft(result, around);
    Settings settings = readSettings(draft.file, {}, vocabulary, draft.diags);
    result = rewriteClassicLines(draft.file, draft.text, settings, vocabulary.ops, draft.diags);
    Draft lines(result, around);
    result = rewriteClassicSections(lines.file, lines.text);
  }
  Draft named(result, around);
  return layOut(rewriteNames(named.file, named.text, vocabulary));
}

} // namespace

std::optional<Formatted> format(llvm::StringRef path, llvm::StringRef text, const IncludeReader &read,
                                const Vocabulary &vocabulary, Sources &sources, Diags &diags) {
  File file = parse(text, diags);
  if (diags.hadError())
    return std::nullopt;
  const bool older = isClassic(file);
  // Where nothing depends on what the lines mean, their mistakes are not in the way.
  Diags unsaid(sources);
  Diags &said = older ? diags : unsaid;
  Surroundings around{path, resolveIncludes(file, path, read, sources, said)};
  std::optional<Meaning> before = meaningOf(file, vocabulary, said);
  if (older && !before)
    return std::nullopt;
  Formatted result{rewrite(text, around, older, vocabulary), older};
  if (before) {
    Draft draft(result.text, around);
    std::optional<Meaning> after = meaningOf(draft.file, vocabulary, draft.diags);
    DLC_CHECK(after) << "formatting made a source with mistakes:\n" << result.text;
    const std::string changed = change(*before, *after);
    DLC_CHECK(changed.empty()) << "formatting changed " << changed << ":\n" << result.text;
  }
  return result;
}

} // namespace dlc::dsl
