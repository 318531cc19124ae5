// What `dlc new` can start: the files of each project, carried in the program or made on the spot.
// Writing them is up to cmd_new.cpp.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace dlc::tool {

using StarterFiles = std::vector<std::pair<std::string, std::string>>; ///< path in the project's folder, content

struct Starter {
  llvm::StringLiteral name, doc;
  /// The source and its data. The same bytes each time.
  StarterFiles (*files)();
};
llvm::ArrayRef<Starter> starters();

/// MNIST's four files, made of the 8x8 digits enlarged to 28x28: something to run until the real ones are there.
StarterFiles digitsAsIdx(llvm::StringRef trainCsv, llvm::StringRef testCsv);
/// PGM pictures of discs, rings and crosses, 40 of each, in a folder for each.
StarterFiles drawnShapes();
/// 40,000 characters of sentences of a small grammar: letters, blanks and full stops.
std::string madeSentences();

} // namespace dlc::tool
