// Words of the command line are quoted where a shell would take them apart, so that the first line can be pasted.
// Data files and models are not copied; what fails without them is what a compiler is to blame for.
#include "reproducer.h"

#include "exit_codes.h"
#include "shell_word.h"

#include "dlc/support/check.h"
#include "dlc/support/files.h"
#include "dlc/support/last_words.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace dlc::tool {
namespace {

bool isText(llvm::StringRef name) {
  return name.ends_with(".dsl") || name.ends_with(".ini") || name.ends_with(".ir") || name.ends_with(".program");
}

/// What begins a comment in the text form that a file has by its name.
llvm::StringRef commentOf(llvm::StringRef name) {
  return name.ends_with(".ir") || name.ends_with(".program") ? "// " : "# ";
}

llvm::ArrayRef<const char *> theCommand;

/// Writes the source or IR that the command line names, behind a first line that repeats the failure, and the message
/// as comments. Returns the name of the file; "" where nothing could be written, or no text is named.
std::string writeReproducer(llvm::StringRef message) {
  const auto *named = llvm::find_if(theCommand.drop_front(), [](llvm::StringRef word) { return isText(word); });
  if (named == theCommand.end())
    return "";
  llvm::StringRef source(*named);
  auto buffer = readFile(source);
  if (!buffer.ok())
    return "";
  std::string path = reproducerName(getpid(), source);
  llvm::StringRef comment = commentOf(source);
  std::string text = comment.str() + "dlc";
  for (const char *word : theCommand.drop_front())
    text += " " + (word == *named ? path : shellWord(word));
  text += "\n";
  llvm::SmallVector<llvm::StringRef, 8> lines;
  message.split(lines, '\n');
  for (llvm::StringRef line : lines)
    text += comment.str() + line.str() + "\n";
  text += (*buffer)->getBuffer().str();
  return writeFileAtomically(path, text).ok() ? path : "";
}

void endInReproducer(llvm::StringRef message) {
  llvm::errs() << "dlc: internal error: " << message << '\n';
  // What follows runs code of ours again; a second failure inside it must not recurse.
  setCheckHandler([](llvm::StringRef) { endNow(kBug); });
  if (std::string path = writeReproducer(message); !path.empty())
    llvm::errs() << "wrote " << path << ": please report this bug with that file\n";
  llvm::outs().flush();
  llvm::errs().flush();
  endNow(kBug);
}

} // namespace

void leaveReproducers(llvm::ArrayRef<const char *> argv) {
  theCommand = argv;
  setCheckHandler(endInReproducer);
}

std::string reproducerName(long process, llvm::StringRef source) {
  return "dlc-bug-" + std::to_string(process) + source.substr(source.rfind('.')).str();
}

std::optional<std::vector<std::string>> reproducerCommand(llvm::StringRef text) {
  llvm::StringRef line = text.split('\n').first.rtrim();
  if (!line.consume_front("// dlc ") && !line.consume_front("# dlc "))
    return std::nullopt;
  std::vector<std::string> words;
  bool inWord = false, inQuotes = false;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (!inQuotes && c == ' ') {
      inWord = false;
      continue;
    }
    if (!inWord)
      words.emplace_back();
    inWord = true;
    if (c == '\'')
      inQuotes = !inQuotes;
    else if (!inQuotes && c == '\\' && i + 1 < line.size())
      words.back() += line[++i];
    else
      words.back() += c;
  }
  return words;
}

} // namespace dlc::tool
