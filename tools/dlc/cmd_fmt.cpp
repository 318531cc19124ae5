// `dlc fmt`: sources in their one canonical spelling, in place; older forms become the arrow form.
// A file with mistakes is left as it is. What canonical means is said by dsl/format.
#include "command.h"
#include "tool.h"

#include "dlc/dsl/format/format.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

/// Where the canonical text of `path` goes.
OrExit<std::string> target(const Options &options, const std::string &path, bool older) {
  if (!options.output.empty())
    return options.output;
  if (!options.flags.flag("upgrade") || !older || path == "-" || llvm::sys::path::extension(path) == ".dsl")
    return path;
  llvm::SmallString<128> beside(path);
  llvm::sys::path::replace_extension(beside, ".dsl");
  if (llvm::sys::fs::exists(beside))
    return fail(options, kSystemError, beside + " exists already; name another file with -o");
  return beside.str().str();
}

/// What is said of a file that is not canonical; `written` is what it became, if it did.
void say(const Options &options, const std::string &path, const std::string &written, const std::string &text) {
  if (options.json) {
    llvm::json::OStream json(llvm::outs());
    json.object([&] {
      json.attribute("v", 1);
      json.attribute("event", "fmt");
      json.attribute("file", llvm::json::fixUTF8(path));
      json.attribute("canonical", false);
      if (!written.empty())
        json.attribute("written", llvm::json::fixUTF8(written));
    });
    json.flush();
    llvm::outs() << '\n';
  } else if (!options.quiet) {
    llvm::outs() << printable(text, Lines::All) << '\n';
  }
}

int formatOne(const Options &options, const std::string &path) {
  DLC_TRY(auto buffer, readSource(options, path));
  Sources sources;
  Diags diags(sources);
  llvm::StringRef text = sources.add(path == "-" ? "<stdin>" : llvm::StringRef(path), buffer->getBuffer());
  std::optional<dsl::Formatted> canonical = dsl::format(path, text, readFile, compile::vocabulary(), sources, diags);
  if (!canonical)
    return flush(options, diags);
  if (options.flags.flag("check")) {
    if (canonical->text == text)
      return kDone;
    say(options, path, "", path + ": not in canonical style; `dlc fmt " + path + "` rewrites it");
    return kCheckFailed;
  }
  DLC_TRY(const std::string to, target(options, path, canonical->wasOlder));
  if (to == "-") {
    llvm::outs() << canonical->text;
    return kDone;
  }
  if (to == path && canonical->text == text)
    return kDone;
  if (absl::Status status = writeFileAtomically(to, canonical->text); !status.ok())
    return fail(options, status);
  say(options, path, to, "Wrote " + to);
  return kDone;
}

} // namespace

static int runFmt(const Options &options) {
  if (options.files.empty())
    return usage(options, "fmt takes at least one file; - is standard input");
  if (!options.output.empty() && options.files.size() > 1)
    return usage(options, "-o takes one file, got " + llvm::Twine(options.files.size()));
  int worst = kDone;
  for (const std::string &path : options.files)
    if (int code = formatOne(options, path); code > worst)
      worst = code;
  return worst;
}

static constexpr Flag kFlags[] = {
    {.arg = arg::flag("check", "false", "write nothing; list files that would change, and exit with 1")},
    {.arg = arg::flag("upgrade", "false", "keep a file in an older form and write a .dsl next to it")}};

extern const Command cmd_fmt;
constexpr Command cmd_fmt = {.name = "fmt",
                             .arguments = "net.dsl...",
                             .doc = "rewrite sources in canonical style",
                             .takes = kOutput,
                             .flags = kFlags,
                             .place = 80,
                             .run = runFmt};

} // namespace dlc::tool
