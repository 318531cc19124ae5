// The entry: reads the command line, runs one command, and sees to it that nothing ends in a signal or half a line.
// Every command is a file of its own.
#include "command.h"
#include "heap.h"
#include "last_resort.h"
#include "reproducer.h"
#include "tool.h"

#include "dlc/support/check.h"
#include "dlc/support/last_words.h"

#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace dlc;
using namespace dlc::tool;

namespace {

int dispatch(const Options &options) {
  if (int bad = refuseUnknownPasses(options))
    return bad;
  const Command *command = findCommand(options.command);
  DLC_CHECK(command) << "options name a command";
  return command->run(options);
}

} // namespace

int main(int argc, char **argv) {
  prepareHeap();
  takeLastResorts();
  leaveReproducers(llvm::ArrayRef<const char *>(argv, static_cast<size_t>(argc)));
  auto run = [&] {
    OrExit<Options> options = readOptions(argc, argv);
    setLastWordsInJson(options && options->json);
    return options ? dispatch(*options) : options.failure();
  };
  int code = onEnoughStack(run);
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    // A reader that has gone away ends quietly; a full disk or a closed stream must be heard of.
    std::error_code error = llvm::outs().error();
    llvm::outs().clear_error();
    if (error != std::errc::broken_pipe) {
      const bool closed = error == std::errc::bad_file_descriptor;
      llvm::errs() << "dlc: error: cannot write the output: "
                   << (closed ? "standard output is closed" : error.message()) << '\n';
      code = code ? code : kSystemError;
    }
  }
  llvm::errs().flush();
  // Nothing is left that a destructor of a global could still do, and freeing gigabytes piece by piece takes time.
  _exit(code);
}
