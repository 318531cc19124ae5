// The text form of Programs: printing and reading back; what prints parses to the same Program.
// It does not read graphs (dlc/ir/graph_text.h).
#pragma once

#include "dlc/program/program.h"
#include "dlc/support/diags.h"

#include <optional>
#include <string>

namespace dlc {

struct ProgramPrintOptions {
  unsigned line = 0;         ///< > 0: only instructions that come from this line of the source, and their buffers
  bool origins = true;       ///< the "// net.dsl:3:7" at line ends
  llvm::StringRef file = ""; ///< with `line`: of this file; "": of any
};

void printProgram(llvm::raw_ostream &os, const Program &program, const ProgramPrintOptions &options = {});
std::string toString(const Program &program);
/// One instruction as it stands in the printed program, without its number.
std::string toString(const Program &program, const Instr &instr);

/// Reads what printProgram prints, and verifies it. `text` lies in a buffer of diags.sources(). Nothing after errors
/// (E190).
std::optional<Program> parseProgram(llvm::StringRef text, Diags &diags);

} // namespace dlc
