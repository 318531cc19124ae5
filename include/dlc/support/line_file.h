// LineFile: a file that others read while it grows. Lines appear as they come and always as a whole; what is to be
// there as a whole or not at all is written by writeFileAtomically() instead.
#pragma once

#include "absl/status/status.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace dlc {

/// A stream of lines into a file, which is opened with the first of them: emptied, or, to go on with one that is there,
/// kept up to its last whole line. `-` is standard output. Where writing fails, the file keeps its whole lines and
/// status() the reason; what comes later is dropped. A rest without a line end is never written.
class LineFile : public llvm::raw_ostream {
public:
  enum class Begin : uint8_t { Anew, GoOn };
  LineFile(std::string path, Begin begin) : path(std::move(path)), begin(begin) { SetUnbuffered(); }
  ~LineFile() override;
  const absl::Status &status() const { return status_; }

private:
  void write_impl(const char *bytes, size_t size) override;
  uint64_t current_pos() const override { return written; }
  bool open();
  void put(llvm::StringRef lines);
  bool failed(int error);

  const std::string path;
  const Begin begin;
  int fd = -1;
  uint64_t written = 0;
  std::string rest; ///< of a line that is not whole yet
  absl::Status status_;
};

} // namespace dlc
