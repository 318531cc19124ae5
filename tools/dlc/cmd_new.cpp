// `dlc new NAME [FOLDER]`: a folder with a source and its data, ready to be trained.
// It never writes over a file.
#include "command.h"
#include "json_line.h"
#include "shell_word.h"
#include "starters.h"
#include "tool.h"

#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

/// The folders and files of one run: whatever fails, all of them go again, and nothing that was there before.
class Made {
public:
  Made() = default;
  Made(const Made &) = delete;
  Made &operator=(const Made &) = delete;
  ~Made() {
    for (const std::string &path : llvm::reverse(made))
      (void)llvm::sys::fs::remove(path);
  }
  absl::Status file(const std::string &path, llvm::StringRef content) {
    if (absl::Status status = folder(llvm::sys::path::parent_path(path)); !status.ok())
      return status;
    // Before it is written: what fails may come after the file has got its place. A link was there before.
    if (!llvm::sys::fs::is_symlink_file(path))
      made.push_back(path);
    return writeFileAtomically(path, content);
  }
  void keep() { made.clear(); }

private:
  absl::Status folder(llvm::StringRef path) {
    if (path.empty() || llvm::sys::fs::is_directory(path))
      return absl::OkStatus();
    if (absl::Status status = folder(llvm::sys::path::parent_path(path)); !status.ok())
      return status;
    if (std::error_code error = llvm::sys::fs::create_directory(path, false))
      return absl::UnavailableError((path + ": " + error.message()).str());
    made.push_back(path.str());
    return absl::OkStatus();
  }
  std::vector<std::string> made; ///< in the order in which they were made
};

} // namespace

static int runNew(const Options &options) {
  if (options.files.empty()) {
    for (const Starter &starter : starters())
      if (options.json)
        printJsonLine("starter", [&](llvm::json::OStream &json) {
          json.attribute("name", starter.name);
          json.attribute("doc", starter.doc);
        });
      else
        llvm::outs() << llvm::formatv("{0,-8}{1}\n", starter.name, starter.doc);
    return kDone;
  }
  if (options.files.size() > 2)
    return usage(options, "new takes a name and a folder, got " + llvm::Twine(options.files.size()) + " words");
  const Starter *chosen = nullptr;
  llvm::SmallVector<llvm::StringRef, 8> names;
  for (const Starter &starter : starters()) {
    names.push_back(starter.name);
    if (starter.name == options.files.front())
      chosen = &starter;
  }
  if (!chosen) {
    llvm::StringRef near = closest(options.files.front(), names);
    return fail(options, kUsage,
                "there is no starter '" + options.files.front() + "'" +
                    (near.empty() ? "; there are " + llvm::join(names, ", ") : "; did you mean " + near.str() + "?"));
  }
  const std::string folder = options.files.size() == 2 ? options.files.back() : options.files.front();
  StarterFiles files = chosen->files();
  auto placeOf = [&](llvm::StringRef name) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    return path.str().str();
  };
  for (const auto &[name, content] : files)
    if (llvm::sys::fs::exists(placeOf(name)))
      return fail(options, kSystemError,
                  placeOf(name) + " exists already; name another folder: dlc new " + chosen->name + " FOLDER");
  Made made;
  for (const auto &[name, content] : files)
    if (absl::Status status = made.file(placeOf(name), content); !status.ok())
      return fail(options, status);
  made.keep();
  if (options.json)
    printJsonLine("new", [&](llvm::json::OStream &json) {
      json.attribute("name", chosen->name);
      json.attributeArray("files", [&] {
        for (const auto &[name, content] : files)
          json.value(llvm::json::fixUTF8(placeOf(name)));
      });
    });
  else if (!options.quiet)
    llvm::outs() << "Wrote " << escaped(placeOf(files.front().first))
                 << (files.size() > 1 ? " and " + std::to_string(files.size() - 1) + " more" : "")
                 << "\nNext: dlc train " << shellWord(escaped(placeOf(files.front().first))) << "\nThen: dlc serve "
                 << llvm::sys::path::stem(files.front().first) << ".model  # and try it in a browser\n";
  return kDone;
}

extern const Command cmd_new;
constexpr Command cmd_new = {.name = "new",
                             .arguments = "NAME [FOLDER]",
                             .doc = "create a starter project: xor, iris, digits, mnist, images, text",
                             .place = 90,
                             .run = runNew};

} // namespace dlc::tool
