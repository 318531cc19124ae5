// Looks at the first bytes of files, and at their names.
// What it cannot tell is left to those who read the file.
#include "file_kinds.h"

#include "dlc/data/image.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/model/model_file.h"
#include "dlc/support/files.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace dlc::tool {
namespace {

constexpr size_t kBeginning = 8192; ///< comments may be long

bool isSection(llvm::StringRef line) {
  if (!line.consume_front("["))
    return false;
  llvm::StringRef name = line.split(']').first.trim();
  return llvm::is_contained(dsl::sectionNames(), name.split(' ').first); // [block NAME]
}

} // namespace

bool isModelFile(llvm::StringRef path) {
  return path != "-" && model::looksLikeModel(readBeginning(path, model::kMagic.size()));
}

bool isSourceName(llvm::StringRef path) {
  llvm::StringRef extension = llvm::sys::path::extension(path);
  return extension.equals_insensitive(".dsl") || extension.equals_insensitive(".ini");
}

bool isSourceFile(llvm::StringRef path) {
  if (path == "-" || isModelFile(path) || data::hasImageExtension(path))
    return false;
  const std::string beginning = readBeginning(path, kBeginning);
  if (!data::imageFormatName(beginning).empty() || !data::foreignImageName(beginning).empty())
    return false;
  if (isSourceName(path))
    return true;
  for (llvm::StringRef rest = beginning; !rest.empty();) {
    auto [line, after] = rest.split('\n');
    rest = after;
    line = line.trim();
    if (isSection(line))
      return true;
    if (!line.empty() && !line.starts_with("#") && !line.starts_with(";") && !line.contains('='))
      return false;
  }
  return false;
}

} // namespace dlc::tool
