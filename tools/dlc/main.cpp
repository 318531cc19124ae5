// The entry: reads the command line, runs one command, and sees to it that nothing ends in a signal or half a line.
// Every command is a file of its own.
#include "reproducer.h"
#include "tool.h"

#include "dlc/support/check.h"
#include "dlc/support/files.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <fcntl.h>
#include <new>
#include <unistd.h>

using namespace dlc;
using namespace dlc::tool;

namespace {

int dispatch(const Options &options) {
  if (int bad = refuseUnknownPasses(options))
    return bad;
  using Command = int (*)(const Options &);
  auto command = llvm::StringSwitch<Command>(options.command)
                     .Case("train", runTrain)
                     .Case("infer", runInfer)
                     .Case("eval", runEval)
                     .Case("test", runTest)
                     .Case("check", runCheck)
                     .Case("show", runShow)
                     .Case("data", runData)
                     .Case("fmt", runFmt)
                     .Case("new", runNew)
                     .Case("bench", runBench)
                     .Case("plot", runPlot)
                     .Case("opt", runOpt)
                     .Case("reduce", runReduce)
                     .Case("ops", runOps)
                     .Case("passes", runPassesCommand)
                     .Case("kernels", runKernels)
                     .Case("explain", runExplain)
                     .Case("completions", runCompletions)
                     .Case("generate", runGenerate)
                     .Default(runEmitIr);
  return command(options);
}

/// Whatever ran out of memory outside a plan: named, and no trace of it on disk.
[[noreturn]] void outOfMemory() {
  static constexpr char kText[] = "dlc: error: out of memory\n";
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  _exit(kSystemError);
}

/// A stream that was closed stays so, but its number is taken: it would be that of the next file, which would then get
/// what is meant for the stream.
void holdStandardStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) < 0)
      (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

} // namespace

int main(int argc, char **argv) {
  holdStandardStreams();
  // A reader that goes away shows as an error of the next write.
  std::signal(SIGPIPE, SIG_IGN);
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { outOfMemory(); });
  setReproducerHook([=](llvm::StringRef message) {
    return writeReproducer(llvm::ArrayRef<const char *>(argv, static_cast<size_t>(argc)), message);
  });
  int code = kDone;
  try {
    if (std::optional<Options> options = readOptions(argc, argv, code))
      code = dispatch(*options);
  } catch (const std::bad_alloc &) {
    outOfMemory();
  }
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    // What is closed ends quietly; a full disk must be heard of.
    std::error_code error = llvm::outs().error();
    llvm::outs().clear_error();
    if (error != std::errc::broken_pipe && error != std::errc::bad_file_descriptor) {
      llvm::errs() << "dlc: error: cannot write the output: " << error.message() << '\n';
      code = code ? code : kSystemError;
    }
  }
  llvm::errs().flush();
  // Nothing is left that a destructor of a global could still do, and freeing gigabytes piece by piece takes time.
  _exit(code);
}
