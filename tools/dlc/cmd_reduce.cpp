// `dlc reduce FILE`: makes the reproducer of an internal failure smaller, line by line, as long as the same failure
// remains. It knows nothing of the text: what no longer parses does not fail in the same way, and is put back.
#include "command.h"
#include "reproducer.h"
#include "run_files.h"
#include "tool.h"

#include "dlc/support/files.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

using Lines = std::vector<llvm::StringRef>;

/// Runs the command of a reproducer on other texts.
class Trial {
public:
  Trial(std::vector<std::string> command, llvm::StringRef file) : command_(std::move(command)) {
    path_ = (file + ".reduce" + file.substr(file.rfind('.'))).str();
    output_ = path_ + ".err";
    llvm::StringRef own = file.rsplit('/').second.empty() ? file : file.rsplit('/').second;
    for (std::string &word : command_)
      if (llvm::StringRef(word) == file || llvm::StringRef(word).rsplit('/').second == own || word == own)
        word = path_;
  }
  ~Trial() {
    llvm::sys::fs::remove(path_);
    llvm::sys::fs::remove(output_);
  }
  Trial(const Trial &) = delete;
  Trial &operator=(const Trial &) = delete;

  /// Where the check stands that failed, such as "fuse.cpp:12: check failed: x > 0"; "" where none did.
  std::string failure(const Lines &lines) {
    if (!writeFileAtomically(path_, llvm::join(lines, "\n")).ok())
      return "";
    std::string self = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
    std::vector<llvm::StringRef> words{self};
    words.insert(words.end(), command_.begin(), command_.end());
    llvm::StringRef nowhere = "/dev/null";
    std::optional<llvm::StringRef> redirects[] = {nowhere, nowhere, llvm::StringRef(output_)};
    llvm::sys::ProcessInfo child = llvm::sys::ExecuteNoWait(self, words, std::nullopt, redirects);
    if (child.Pid == llvm::sys::ProcessInfo::InvalidPid)
      return "";
    int code = llvm::sys::Wait(child, kSeconds).ReturnCode;
    // A hundred failures need not leave a hundred reproducers.
    llvm::sys::fs::remove(reproducerName(child.Pid, path_));
    if (code != kBug)
      return "";
    auto said = llvm::MemoryBuffer::getFile(output_);
    if (!said)
      return "";
    llvm::SmallVector<llvm::StringRef, 8> text;
    (*said)->getBuffer().split(text, '\n');
    for (llvm::StringRef line : text)
      if (line.consume_front("dlc: internal error: ")) {
        size_t end = line.find("check failed: ");
        return line.substr(0, line.find(' ', end + 14)).str();
      }
    return "";
  }

private:
  static constexpr unsigned kSeconds = 60;
  std::vector<std::string> command_;
  std::string path_, output_;
};

/// Leaves out ever smaller stretches of lines while `fails` still holds. The first line stays.
template <class F> Lines reduced(Lines lines, F fails) {
  for (size_t length = lines.size() / 2; length > 0; length = length == 1 ? 0 : (length + 1) / 2)
    for (bool again = true; again;) {
      again = false;
      for (size_t at = 1; at < lines.size();) {
        Lines fewer(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(at));
        fewer.insert(fewer.end(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), at + length)),
                     lines.end());
        if (fails(fewer)) {
          lines = std::move(fewer);
          again = length == 1;
        } else {
          at += length;
        }
      }
    }
  return lines;
}

} // namespace

static int runReduce(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "reduce takes one file, got " + llvm::Twine(options.files.size()));
  RunFiles files;
  files.reads("the input", options.files.front());
  files.writes("the result", options.output);
  if (int bad = files.refuse(options))
    return bad;
  const std::string &path = options.files.front();
  auto buffer = readFile(path);
  if (!buffer.ok())
    return fail(options, buffer.status());
  llvm::StringRef text = (*buffer)->getBuffer();
  auto command = reproducerCommand(text);
  if (!command)
    return fail(options, kUsage, path + " does not begin with the failing command: `# dlc ...` or `// dlc ...`");
  Lines lines;
  llvm::SmallVector<llvm::StringRef, 64> split;
  text.split(split, '\n');
  lines.assign(split.begin(), split.end());
  Trial trial(*command, path);
  std::string wanted = trial.failure(lines);
  if (wanted.empty())
    return fail(options, kCheckFailed, "the command of " + path + " does not end in an internal error");
  Lines small = reduced(lines, [&](const Lines &fewer) { return trial.failure(fewer) == wanted; });
  std::string result = llvm::join(small, "\n");
  if (!llvm::StringRef(result).ends_with("\n"))
    result += "\n";
  if (options.output.empty() || options.output == "-")
    llvm::outs() << result;
  else if (absl::Status status = writeFileAtomically(options.output, result); !status.ok())
    return fail(options, status);
  if (!options.quiet)
    llvm::errs() << lines.size() << " lines became " << small.size() << "; the error is still " << wanted << '\n';
  return kDone;
}

extern const Command cmd_reduce;
constexpr Command cmd_reduce = {.name = "reduce",
                                .arguments = "dlc-bug-1.ir",
                                .doc = "shrink the reproducer of an internal error",
                                .takes = kOutput,
                                .place = 130,
                                .run = runReduce};

} // namespace dlc::tool
