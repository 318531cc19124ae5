// Implements include.
// A file is parsed when it is first asked for, and its statements are moved, so that every place stays that of its own
// text.
#include "dlc/dsl/syntax/include.h"

#include "dlc/dsl/syntax/grammar.h"
#include "dlc/support/strings.h"
#include "names/sections.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

#include <iterator>

namespace dlc::dsl {
namespace {

constexpr size_t kMaxDepth = 64; // of files including files

/// An included file may be a whole net, of which only the blocks are wanted. A section that nobody knows stays, so that
/// its name is reported.
bool isLeftOut(const Section &section) {
  const SectionKind *kind = findSection(section.kind.text);
  return kind && kind->name != "block";
}

bool isInclude(const Name &key) { return key.text.equals_insensitive("include"); }

/// What was meant to be the path, in quotes.
std::string quoted(const Arg &arg) {
  const String *written = arg.value.as<String>();
  llvm::StringRef text = written ? llvm::StringRef(written->value) : textOf(arg.value.loc);
  const bool isPath = llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '/'; });
  return "\"" + (isPath && llvm::any_of(text, llvm::isAlpha) ? text : "blocks/resnet.dsl").str() + "\"";
}

class Includer {
public:
  Includer(const IncludeReader &read, Sources &sources, Diags &diags) : read(read), sources(sources), diags(diags) {}

  void expand(File &file, llvm::StringRef path) {
    chain.push_back(normal(path));
    file.incomplete |= llvm::any_of(file.unread, isInclude);
    for (const Section &section : file.sections) // it has no place in one, which is told of those that stay
      if (chain.size() == 1 || !isLeftOut(section))
        file.incomplete |= llvm::any_of(section.body, [](const Statement &s) { return isInclude(s.key); }) ||
                           llvm::any_of(section.unread, isInclude);
    std::vector<Statement> constants;
    std::vector<Section> blocks;
    for (Statement &s : file.constants) {
      if (!isInclude(s.key)) {
        constants.push_back(std::move(s));
        continue;
      }
      for (const Arg &arg : s.values) {
        const List *list = arg.value.as<List>();
        for (const Arg &item : list ? llvm::ArrayRef(list->items) : llvm::ArrayRef(arg))
          file.incomplete |= !bring(item, path, file, constants, blocks);
      }
    }
    file.constants = std::move(constants);
    // In front: of two blocks of one name, the one that the including file defines is told to be the second.
    file.sections.insert(file.sections.begin(), std::make_move_iterator(blocks.begin()),
                         std::make_move_iterator(blocks.end()));
    chain.pop_back();
  }

  std::vector<IncludedFile> files;

private:
  static std::string normal(llvm::StringRef path) {
    llvm::SmallString<256> result(path);
    llvm::sys::path::remove_dots(result, /*remove_dot_dot=*/true);
    return result.str().str();
  }

  /// False after an error.
  bool bring(const Arg &arg, llvm::StringRef from, File &into, std::vector<Statement> &constants,
             std::vector<Section> &blocks) {
    const String *written = arg.value.as<String>();
    if (!written || !arg.name.text.empty() || llvm::StringRef(written->value).contains("${")) {
      diags.error(arg.loc(), "E205").help("write include = " + quoted(arg))
          << "include takes the path of a file in quotes";
      return false;
    }
    llvm::SmallString<256> joined(written->value);
    if (!llvm::sys::path::is_absolute(written->value)) {
      joined = llvm::sys::path::parent_path(from);
      llvm::sys::path::append(joined, written->value);
    }
    const std::string path = normal(joined);
    if (auto at = llvm::find(chain, path); at != chain.end()) {
      std::string way;
      for (; at != chain.end(); ++at)
        way += *at + " -> ";
      diags.error(arg.value.loc, "E215") << "circular includes: " << way << path;
      return false;
    }
    if (chain.size() >= kMaxDepth) {
      diags.error(arg.value.loc, "E215") << "includes are nested more than " << kMaxDepth << " deep";
      return false;
    }
    if (!seen.insert(path).second)
      return true;
    auto buffer = read(path);
    if (!buffer.ok()) {
      diags.error(arg.value.loc, "E214").help("paths are relative to the including file")
          << "cannot include: " << ref(buffer.status().message());
      return false;
    }
    // The reader's buffer may have another name; messages take the path.
    llvm::StringRef text = sources.add(path, (*buffer)->getBuffer());
    files.push_back({path, text});
    File file = parse(text, diags);
    expand(file, path);
    std::move(file.constants.begin(), file.constants.end(), std::back_inserter(constants));
    into.unread.insert(into.unread.end(), file.unread.begin(), file.unread.end());
    for (Section &section : file.sections)
      if (!isLeftOut(section)) {
        section.included = true;
        blocks.push_back(std::move(section));
      }
    return !file.incomplete;
  }

  const IncludeReader &read;
  Sources &sources;
  Diags &diags;
  std::vector<std::string> chain; ///< of the files being expanded
  llvm::StringSet<> seen;
};

} // namespace

std::vector<IncludedFile> resolveIncludes(File &file, llvm::StringRef path, const IncludeReader &read, Sources &sources,
                                          Diags &diags) {
  Includer includer(read, sources, diags);
  includer.expand(file, path == "-" ? "" : path);
  return std::move(includer.files);
}

} // namespace dlc::dsl
