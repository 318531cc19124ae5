// Edits of the example nets, one token at a time: what people's slips look like. Every edit gives a net, or an error at
// the edited line or one that speaks of what the line says.
// Damaged bytes and hostile sizes are tested in grammar_test and hostile_test.
#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ops/ops.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

#include <map>

namespace dlc::dsl {
namespace {

/// Names, numbers, strings, arrows, and every other character but blanks and comments.
std::vector<llvm::StringRef> tokensOf(llvm::StringRef text) {
  std::vector<llvm::StringRef> tokens;
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; };
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    if (text[at] == ' ' || text[at] == '\n') {
      at = end;
      continue;
    }
    if (text[at] == '#' || (text[at] == ';' && (at == 0 || text[at - 1] == '\n'))) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (text[at] == '"')
      end = std::min(text.find('"', end), text.size() - 1) + 1;
    else if (isWord(text[at]))
      end = at + text.drop_front(at).take_while(isWord).size();
    else if (text.drop_front(at).starts_with("->"))
      end = at + 2;
    tokens.push_back(text.slice(at, end));
    at = end;
  }
  return tokens;
}

std::map<std::string, std::string> examples() {
  std::map<std::string, std::string> texts;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator at(DLC_SOURCE_DIR "/dsl-examples", error), end; at != end && !error;
       at.increment(error)) {
    llvm::StringRef extension = llvm::sys::path::extension(at->path());
    if (extension == ".dsl" || extension == ".ini")
      texts[llvm::sys::path::filename(at->path()).str()] =
          (*llvm::MemoryBuffer::getFile(at->path()))->getBuffer().str();
  }
  return texts;
}

/// A statement may be several lines: from the one that begins it to the last that an arrow or a bracket continues.
std::pair<unsigned, unsigned> statementAround(llvm::ArrayRef<llvm::StringRef> lines, unsigned line) {
  auto continues = [&](unsigned number) {
    return number <= lines.size() && lines[number - 1].ltrim().starts_with("->");
  };
  unsigned first = line, last = line;
  while (first > 1 && continues(first))
    --first;
  while (continues(last + 1))
    ++last;
  return {first, last};
}

/// Whether a diagnostic is about an edit in the statement of lines first .. last, whose names are `names`.
bool concerns(const Diagnostic &d, const Sources &sources, std::pair<unsigned, unsigned> lines,
              const llvm::StringSet<> &names) {
  auto inside = [&](Loc loc) {
    unsigned line = sources.position(loc).line;
    return line >= lines.first && line <= lines.second;
  };
  if (inside(d.loc))
    return true;
  for (const Diagnostic::Part &part : d.parts) {
    if (inside(part.loc))
      return true;
    for (const TrailLine &line : part.trail)
      if (inside(line.loc))
        return true;
  }
  // A name that the edit took away is missed where it is used, and one that it changed is unknown there.
  for (llvm::StringRef token : tokensOf(textOf(d.loc)))
    if (names.contains(token.lower()))
      return true;
  for (llvm::StringRef token : tokensOf(d.message)) {
    token = token.trim('\'');
    if (names.contains(token.lower()))
      return true;
  }
  return false;
}

struct Edited {
  Edited(llvm::StringRef text, llvm::StringRef name) {
    File file = parse(sources.add(name, text), diags);
    Settings settings = readSettings(file, {}, compile::vocabulary(), diags);
    net = build(file, settings, compile::vocabulary(), {Mode::Train, 2}, diags);
  }
  Sources sources;
  Diags diags{sources};
  Net net;
};

TEST(Edits, EveryTokenOfEveryExample) {
  size_t valid = 0, refused = 0;
  for (const auto &[name, text] : examples()) {
    llvm::SmallVector<llvm::StringRef> lines;
    llvm::StringRef(text).split(lines, '\n');
    std::vector<llvm::StringRef> tokens = tokensOf(text);
    ASSERT_GT(tokens.size(), 20u) << name;
    ASSERT_TRUE(Edited(text, name).net.graph) << name;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const size_t at = static_cast<size_t>(tokens[i].begin() - text.data());
      llvm::StringRef neighbour = tokens[i + 1 < tokens.size() ? i + 1 : i - 1];
      const auto line = static_cast<unsigned>(llvm::StringRef(text).take_front(at).count('\n')) + 1;
      const auto statement = statementAround(lines, line);
      llvm::StringSet<> names;
      for (unsigned n = statement.first; n <= statement.second; ++n)
        for (llvm::StringRef token : tokensOf(lines[n - 1]))
          names.insert(token.lower());
      for (const std::string &put : {std::string(), (tokens[i] + " " + tokens[i]).str(), neighbour.str()}) {
        std::string edited = text.substr(0, at) + put + text.substr(at + tokens[i].size());
        Edited result(edited, name);
        if (result.net.graph && !result.diags.hadError()) {
          ++valid;
          continue;
        }
        ++refused;
        auto found = result.diags.sorted();
        // What is missing as a whole is missed at the section (E213), and a section as a whole at the file.
        bool fits = llvm::any_of(found, [&](const Diagnostic *d) {
          return d->severity == Severity::Error &&
                 (d->code == "E213" || concerns(*d, result.sources, statement, names));
        });
        if (fits)
          continue;
        std::string printed;
        llvm::raw_string_ostream os(printed);
        result.diags.flush(os);
        ADD_FAILURE() << name << ":" << line << ": '" << tokens[i].str() << "' became '" << put << "':\n" << printed;
      }
    }
  }
  printf("%zu edits give a net, %zu an error\n", valid, refused);
  EXPECT_GT(valid, 50u);
  EXPECT_GT(refused, valid);
}

} // namespace
} // namespace dlc::dsl
