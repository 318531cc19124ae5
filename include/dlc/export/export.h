// Export: a trained net as C that stands alone: a header, a source, a test, the files that build it, and a certificate
// of what it needs. Everything is text in memory; whoever asked for it writes the files.
#pragma once

#include "dlc/session/net.h"

#include <string>
#include <vector>

namespace dlc::deploy {

struct ExportOptions {
  std::string name;      ///< prefix of everything that the header declares: a name of C
  int64_t batch = 1;     ///< samples of a call
  bool fast = false;     ///< multiply-adds round twice where the target has none that rounds once
  bool external = false; ///< weights are handed over with each call; a file holds them
};

struct ExportedFile {
  std::string name; ///< in the folder of the export: "net.c"
  std::string bytes;
};

/// What an export needs, for people and for net.json.
struct ExportReport {
  int64_t work = 0, rom = 0, stack = 0; ///< bytes; of the stack at most
  double multiplyAdds = 0;              ///< of a call
  std::vector<std::string> notes;       ///< what was left out, and why
};

struct Export {
  std::vector<ExportedFile> files;
  ExportReport report;
};

/// The net must have its weights. Its findings say which layer has no C (E701), if one has none.
session::Result<Export> exportC(session::Net &net, const ExportOptions &options);

/// `text` as a name of C: letters, digits and underscores, not beginning with a digit; "net" where nothing is left.
std::string nameOfC(llvm::StringRef text);

} // namespace dlc::deploy
