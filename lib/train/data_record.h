// DataRecord: what the files of [data] were when a run read them, so that one that goes on can tell that they changed.
// It knows no formats: files and folders are named, sized, dated and hashed as they lie on the disk.
#pragma once

#include "dlc/compile/unit.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::train {

/// A file, or a folder with all that is in it.
struct DataRecord {
  std::string role, name;           ///< "train", "data/mnist.gz": as the source spells it
  uint64_t files = 0;               ///< of a folder; 0 for a file
  uint64_t bytes = 0, contents = 0; ///< contents: a hash, of a folder of names too
  int64_t time = 0;                 ///< of the last change, in seconds since 1970

  /// "12,345 bytes of 2026-11-30 12:34:56 UTC", with the number of files of a folder.
  std::string text() const;
  /// "files bytes time contents", and back; nothing from anything else.
  std::string numbers() const;
  bool read(llvm::StringRef numbers);
};

/// Of everything that training and validation read, in the order of the keys. What cannot be read is left out: whoever
/// loads it says so.
std::vector<DataRecord> recordData(const compile::Unit &unit);

} // namespace dlc::train
