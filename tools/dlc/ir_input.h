// IR on the command line: a source, a graph or a program, whichever the file's name says.
// Shared by `--emit-ir` and `dlc opt`.
#pragma once

#include "tool.h"

namespace dlc::tool {

/// A file read as what its extension says: .ir a graph, .program a program, anything else a source.
struct IrInput {
  enum class Kind : uint8_t { Source, Graph, Program } kind = Kind::Source;
  std::unique_ptr<compile::Unit> unit; ///< owns the text and the diagnostics in every case
  compile::Work work;                  ///< Graph and Program
};
/// `syntaxOnly`: of a source, the tree alone; it may mean nothing.
OrExit<IrInput> readIr(const Options &options, const std::string &path, bool syntaxOnly = false);

/// Refuses a planned program that needs more memory than --max-memory allows; the exit code. Without the flag any plan
/// may be looked at, however large.
int refusePlan(const Options &options, const compile::Work &work);

/// Takes out of a graph that trains what `mode` has no use for: `minimize`, for inference the output of the loss as
/// well, and all that only these read. The other ops stay as they are.
void leaveOutTraining(Graph &graph, dsl::Mode mode);

/// What a command ends with: flush(), or with --verify-diagnostics the comparison with the comments of the file.
int finish(const Options &options, compile::Unit &unit);

/// Prints the graph or the program that `work` holds.
void printWork(llvm::raw_ostream &os, const compile::Work &work);
/// Only what comes from a line of a file; "" is any file.
void printWork(llvm::raw_ostream &os, const compile::Work &work, llvm::StringRef file, unsigned line);

} // namespace dlc::tool
