// What the commands share: opening sources, printing what is wrong, choosing kernels, the reproducer of an internal
// failure. No command lives here.
#pragma once

#include "command_line.h"
#include "exit_codes.h"

#include "dlc/compile/compile.h"
#include "dlc/compile/unit.h"
#include "dlc/kernels/kernels.h"
#include "dlc/session/net.h"
#include "dlc/support/trouble.h"

#include "absl/status/statusor.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <optional>
#include <string>

namespace dlc::tool {

/// Names of passes and seconds, in order.
using PassTimes = std::vector<std::pair<std::string, double>>;

/// "dlc: error: ..." on stderr (or the JSON of it); returns the exit code.
int fail(const Options &options, ExitCode code, const llvm::Twine &text);
/// A wrong command line: the text and one line of usage for each form of the command.
int usage(const Options &options, const llvm::Twine &text, const llvm::Twine &help = "");
/// Names of passes in the options that take them; the exit code, 2 for one that there is not.
int refuseUnknownPasses(const Options &options);
/// What the system refused.
int fail(const Options &options, const absl::Status &status);
/// Prints what is pending in `diags`; the exit code its errors ask for, 0 without errors.
int flush(const Options &options, Diags &diags);
/// Reports one trouble and prints it.
int fail(const Options &options, Diags &diags, const Trouble &trouble);
/// Where a command prints its result: stdout, or memory until deliver() makes a file of it as a whole.
class Product {
public:
  explicit Product(const Options &options) : file(options.output == "-" ? "" : options.output) {}
  llvm::raw_ostream &stream() { return toFile() ? static_cast<llvm::raw_ostream &>(collected) : llvm::outs(); }
  bool toFile() const { return !file.empty(); }
  /// The exit code; nothing is written before.
  int deliver(const Options &options);

private:
  std::string file, text;
  llvm::raw_string_ostream collected{text};
};
/// An internal failure: writes a reproducer, says so, exit code 70.
int bug(const Options &options, const llvm::Twine &text);

/// The bytes of a file. Standard input can be read but once: it is kept for whoever asks again.
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> readInput(llvm::StringRef path);
/// The bytes of a file that is to be a source, and no model file.
OrExit<std::unique_ptr<llvm::MemoryBuffer>> readSource(const Options &options, llvm::StringRef path);
/// What the flags mean to a session: overrides, kernels, threads, memory, pipeline. `times` receives the time of each
/// pass where they are wanted, and outlives the session.
OrExit<session::Options> sessionOptions(const Options &options, PassTimes &times);
/// Reads a source file as these options say.
OrExit<std::unique_ptr<session::Net>> openSource(const Options &options, const session::Options &how,
                                                 llvm::StringRef path);
/// Both in one, for a command that does not print times.
OrExit<std::unique_ptr<session::Net>> openSource(const Options &options, llvm::StringRef path);
/// Tells why something failed, after what is pending of `net`; the exit code.
int fail(const Options &options, session::Net &net, const session::Failure &failure);

/// The instruction set that --isa and the machine allow; `reference` gives Scalar and asks isReference(). Nothing after
/// an error.
OrExit<kernels::Isa> chooseIsa(const Options &options);
inline bool isReference(const Options &options) { return options.isa == "reference"; }

/// Whether an output of a training run is stdout, by `-o -` and the like.
bool takesStdout(const Options &options);
/// Where the lines for people and the passes' prints go: stdout, but stderr where that is taken by an output.
llvm::raw_ostream &forPeople(const Options &options);

/// What the pipeline flags ask for.
PipelineOptions pipelineOptions(const Options &options, PassTimes &times);
void printTimes(const PassTimes &times);
/// The rules of the graph passes that applied, and how often.
void printStats(const std::map<std::string, unsigned> &stats);
void printRemarks(const Options &options, const Program &program);
/// Which instruction set, and for each instruction of `program` (if there is one) which kernel, with the reasons.
void printDispatch(kernels::Isa chosen, const Program *program = nullptr);

/// "1.4 MiB"
std::string bytesText(uint64_t bytes);

} // namespace dlc::tool
