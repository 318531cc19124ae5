// Implements RunFiles over device and inode numbers.
// A file that is not there yet is known by its folder and its name.
#include "run_files.h"

#include "tool.h"

#include "dlc/data/source.h"

#include "llvm/Support/Path.h"

#include <optional>
#include <sys/stat.h>
#include <tuple>

namespace dlc::tool {
namespace {

/// Device, inode and, of a file that is not there yet, its name in the folder that these two are.
using Identity = std::tuple<dev_t, ino_t, std::string>;

std::optional<Identity> identityOf(llvm::StringRef path) {
  struct stat found;
  if (stat(path.str().c_str(), &found) == 0)
    return S_ISREG(found.st_mode) ? std::optional(Identity{found.st_dev, found.st_ino, ""}) : std::nullopt;
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  if (stat(folder.empty() ? "." : folder.str().c_str(), &found) != 0)
    return std::nullopt;
  return Identity{found.st_dev, found.st_ino, llvm::sys::path::filename(path).str()};
}

bool isOneFile(llvm::StringRef a, llvm::StringRef b) {
  if (a == "-" || b == "-") // a stream, not the file of that name
    return false;
  std::optional<Identity> first = identityOf(a);
  return first && first == identityOf(b);
}

} // namespace

void RunFiles::reads(llvm::StringRef role, llvm::StringRef path, llvm::StringRef successor) {
  if (!path.empty() && path != "-")
    inputs.push_back({role.str(), path.str(), successor.str()});
}

void RunFiles::writes(llvm::StringRef role, llvm::StringRef path) {
  if (!path.empty())
    outputs.push_back({role.str(), path.str(), ""});
}

void RunFiles::readsOf(const compile::Unit &unit, bool data) {
  for (const dsl::IncludedFile &included : unit.includes)
    reads("an included file", included.path);
  if (!data)
    return;
  const dsl::DataSettings &settings = unit.settings.data;
  readsData("the training data", settings.train.value, unit);
  readsData("the validation data", settings.val.value.source, unit);
  readsData("the test data", settings.test.value, unit);
  Spec names;
  if (settings.classes.value.kind == Const::Kind::String)
    names.args.push_back({"classes", settings.classes.value});
  readsData("the class names", names, unit);
}

void RunFiles::readsData(llvm::StringRef role, const Spec &source, const compile::Unit &unit) {
  data::LoadContext context;
  context.folder = unit.folder;
  // Whatever text among the arguments names a file that is there; a separator or a column does not.
  for (const ConstArg &arg : source.args)
    if (arg.value.kind == Const::Kind::String)
      if (auto path = data::findDataFile(arg.value.text, context, Loc()))
        reads(role, *path);
}

int RunFiles::refuse(const Options &options) const {
  for (const File &output : outputs) {
    for (const File &input : inputs)
      if (input.successor != output.role && isOneFile(output.path, input.path))
        return fail(options, kUsage,
                    output.role + " '" + output.path + "' would overwrite " + input.role + " '" + input.path + "'");
    for (const File &other : outputs) {
      if (&other == &output)
        break;
      if (output.path == "-" && other.path == "-")
        return fail(options, kUsage, "both " + other.role + " and " + output.role + " would go to standard output");
      if (isOneFile(output.path, other.path))
        return fail(options, kUsage,
                    output.role + " '" + output.path + "' would overwrite " + other.role + " '" + other.path +
                        "' of the same run");
    }
  }
  return kDone;
}

} // namespace dlc::tool
