// Which files are the pictures of a source: those of a folder, by what is in them, or those that a list names.
// They are not decoded here. Private to data.
#pragma once

#include "dlc/data/formats.h"

#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::data {

struct Picture {
  std::string path;
  std::string label; ///< empty: none
  uint32_t line = 0; ///< of the list, if it came from one
  /// What is in it, where that can be read but once (a pipe).
  std::shared_ptr<const llvm::MemoryBuffer> kept = nullptr;
};

/// The bytes of a picture; E301 for a file that cannot be read, and for one that is no regular file.
Fallible<std::shared_ptr<const llvm::MemoryBuffer>> readPicture(const Picture &picture);

/// The pictures of a folder: class by class, name by name, so that the order is the same on every machine; those in the
/// folder itself, without a class, where no folder in it holds any. A file is a picture by its first bytes, whatever
/// its name, or because its name claims it is. `notes` receives what was left out: other files, formats that are not
/// read, pipes and devices, which are not touched.
Fallible<std::vector<Picture>> picturesInFolder(const std::string &folder, std::vector<std::string> &notes);

/// Lines of `path,label`, with paths relative to `folder`; the label may be left out of all.
Fallible<std::vector<Picture>> picturesInList(TextFile list, const std::string &folder);

} // namespace dlc::data
